import numpy as np
import torch
from skorch import NeuralNetClassifier
from small_net import SmallNet
from torch.utils.data import Subset
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2

steps = [v2.Grayscale(), v2.ToImage(), v2.Resize(16), v2.ToDtype(torch.float32, scale=True)]
pool, test = (ImageFolder(folder, v2.Compose(steps)) for folder in ("pool", "test"))
y_pool, y_test = np.array(pool.targets), np.array(test.targets)


def entropy(p):
    return -(p * np.log(p + 1e-12)).sum(axis=-1)


def sample_with_dropout(net, dataset):
    net.module_.train()  # the net has no BatchNorm
    with torch.no_grad():
        batches = [net.module_(batch[0]).softmax(1) for batch in net.get_iterator(dataset)]
    return torch.cat(batches).numpy()


random = np.random.RandomState(0)
labeled = random.permutation(len(pool))[:50].tolist()
while True:
    torch.manual_seed(0)
    n_epochs = 400 // -(-len(labeled) // 32)
    net = NeuralNetClassifier(
        SmallNet, criterion=torch.nn.CrossEntropyLoss, optimizer=torch.optim.Adam, lr=0.001,
        max_epochs=n_epochs, batch_size=32, iterator_train__shuffle=True, train_split=None,
        verbose=0,
    )
    net.fit(Subset(pool, labeled), y=None)
    if len(labeled) == 150:
        break
    free = np.setdiff1d(np.arange(len(pool)), labeled)
    p = np.stack([sample_with_dropout(net, Subset(pool, free)) for _ in range(20)])
    scores = entropy(p.mean(axis=0)) - entropy(p).mean(axis=0)
    labeled.extend(free[np.argsort(-scores)[:25]].tolist())
print(f"{len(labeled)} labels, accuracy {np.mean(net.predict(test) == y_test):.3f}")
