import copy

import numpy as np
import torch
from baal.active import ActiveLearningDataset
from baal.active.heuristics import BALD
from baal.bayesian.dropout import patch_module
from baal.modelwrapper import ModelWrapper, TrainingArgs
from small_net import SmallNet
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2

steps = [v2.Grayscale(), v2.ToImage(), v2.Resize(16), v2.ToDtype(torch.float32, scale=True)]
pool, test = (ImageFolder(folder, v2.Compose(steps)) for folder in ("pool", "test"))
y_pool, y_test = np.array(pool.targets), np.array(test.targets)

torch.manual_seed(0)
model = patch_module(SmallNet())
start = copy.deepcopy(model.state_dict())
dataset = ActiveLearningDataset(pool, random_state=0)
dataset.label_randomly(50)
heuristic = BALD()
while True:
    model.load_state_dict(start)
    args = TrainingArgs(
        optimizer=torch.optim.Adam(model.parameters(), lr=0.001),
        criterion=torch.nn.CrossEntropyLoss(), batch_size=32, workers=0,
        epoch=400 // -(-len(dataset) // 32),
    )
    wrapper = ModelWrapper(model, args)
    wrapper.train_on_dataset(dataset)
    if len(dataset) == 150:
        break
    free = dataset.pool
    predictions = wrapper.predict_on_dataset(free, iterations=20, verbose=False)
    positions = heuristic(predictions)[:25]
    dataset.label(positions.tolist())
p = torch.tensor(wrapper.predict_on_dataset(test, iterations=20, verbose=False))
predicted = p.softmax(1).mean(axis=-1).argmax(1).numpy()
print(f"{len(dataset)} labels, accuracy {np.mean(predicted == y_test):.3f}")
