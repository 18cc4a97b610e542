"""CPU time per image, by how many images go through a net at a time.

    OMP_NUM_THREADS=1 python benchmarks/block_sizes.py

Scores and trains nets with random weights on random images, in blocks that need 16 to 512 MB by
the estimate of skactive.deep. Results go to results/block_sizes.csv.
"""

import time

import torch
import torchvision
from _reports import RESULTS, write_csv

from skactive.deep import ResNet18
from skactive.deep._blocks import row_bytes

NETS = {
    "MobileNetV2, 224 px": (torchvision.models.mobilenet_v2, 224, 24),
    "MobileNetV2, 96 px": (torchvision.models.mobilenet_v2, 96, 128),
    "ResNet-18, 224 px": (torchvision.models.resnet18, 224, 24),
    "ResNet-18 of skactive, 32 px": (ResNet18, 32, 1024),
}


def ms_per_image(net, images, n_passes, gradients):
    """CPU milliseconds per image of some passes, after one that is not counted."""
    for number in range(n_passes + 1):
        if number == 1:
            start = time.process_time()
        with torch.set_grad_enabled(gradients):
            outputs = net(images)
            if gradients:
                outputs.sum().backward()
    return 1000 * (time.process_time() - start) / (n_passes * len(images))


def records():
    for name, (module, size, n_images) in NETS.items():
        net = module().eval()
        for gradients in (False, True):
            need = row_bytes(net, net, torch.rand(1, 3, size, size), gradients=gradients)
            for room in (16, 32, 64, 128, 256, 512):
                n = max(1, min(512, (room << 20) // need))
                n_passes = max(1, n_images // (2 if gradients else 1) // n)
                taken = ms_per_image(net, torch.rand(n, 3, size, size), n_passes, gradients)
                yield {
                    "net": name,
                    "pass": "training" if gradients else "scoring",
                    "mb": room,
                    "images": n,
                    "ms_per_image": round(taken, 1),
                }


def main():
    found = []
    for record in records():
        print(*record.values(), sep=" | ", flush=True)
        found.append(record)
        write_csv(RESULTS / "block_sizes.csv", found)


if __name__ == "__main__":
    main()
