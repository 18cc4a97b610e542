from pathlib import Path

from small_net import SmallNet

from skactive import ActiveLearner
from skactive.deep import ImageLoader, MCDropout, SeededNet
from skactive.query import BALD

pool, test = (sorted(Path(folder).glob("*/*.png")) for folder in ("pool", "test"))
y_pool, y_test = ([path.parent.name for path in paths] for paths in (pool, test))

net = SeededNet(SmallNet, load=ImageLoader(16, mode="L"), max_steps=400)
learner = ActiveLearner(
    MCDropout(net, n_samples=20), BALD(), budget=150, n_initial=50, batch_size=25, random_state=0
)
learner.run(pool, lambda positions: [y_pool[position] for position in positions])
print(f"{learner.n_labels_} labels, accuracy {learner.score(test, y_test):.3f}")
