#!/usr/bin/env python3
"""What programs of others say of the images that our metrics compare: scikit-image's PSNR and SSIM, NVIDIA's FLIP.

    reference_metrics.py                     the values that stand in tests/quality, for the pair of
                                             tests/support/metric_patterns.h
    reference_metrics.py EVALUATION_FOLDER   compares evaluation.json of splat-eval --save-renders with them
    reference_metrics.py SPLAT_CAPTURE SPLAT_TRAIN SPLAT_EVAL SCRATCH_FOLDER
                                             the same for a scene that these programs make

pip install scikit-image flip-evaluator; exits with 77 where one of them is missing.
"""
import json
import pathlib
import shutil
import subprocess
import sys

try:
    import flip_evaluator
    import numpy as np
    import skimage
    from scipy.ndimage import correlate1d
    from skimage.io import imread
    from skimage.metrics import peak_signal_noise_ratio, structural_similarity
except ImportError as error:
    print(f"skipped: {error}; pip install scikit-image flip-evaluator")
    sys.exit(77)

TOLERANCE = 1e-4


def pattern_value(x, y, channel):
    return (3 * x + 5 * y * (channel + 1) + (x // 8 + y // 8) % 2 * 60 + (x * x + 7 * y * channel) % 31) % 256


def pattern_pair(width, height):
    photo = np.zeros((height, width, 3), np.uint8)
    render = np.zeros((height, width, 3), np.uint8)
    state = 12345
    for y in range(height):
        for x in range(width):
            for channel in range(3):
                state = (state * 1664525 + 1013904223) % 2**32
                noise = (state >> 24) % 41 - 20
                value = pattern_value(x + 1, y, channel) * (9 - channel) // 10 + 6 * channel + noise
                photo[y, x, channel] = pattern_value(x, y, channel)
                render[y, x, channel] = min(max(value, 0), 255)
    return photo, render


def flip(photo, render):
    return flip_evaluator.evaluate(photo / np.float32(255), render / np.float32(255), "LDR", applyMagma=False)


def ssim(photo, render):
    return structural_similarity(
        photo, render, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255, channel_axis=2
    )


def ms_ssim(photo, render):
    """Of Wang et al. 2003 on whole arrays, in double: a second way to the numbers, not another program."""
    taps = np.exp(-np.arange(-5, 6) ** 2 / (2 * 1.5**2))
    taps /= taps.sum()

    def inside(a):
        return correlate1d(correlate1d(a, taps, 0), taps, 1)[5:-5, 5:-5]

    a, b = photo / 255, render / 255
    product = np.ones(3)
    weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
    for scale, weight in enumerate(weights):
        x, y = inside(a), inside(b)
        xx, yy, xy = inside(a * a) - x * x, inside(b * b) - y * y, inside(a * b) - x * y
        factor = (2 * xy + 0.03**2) / (xx + yy + 0.03**2)
        if scale == len(weights) - 1:
            factor = factor * (2 * x * y + 0.01**2) / (x * x + y * y + 0.01**2)
        product *= factor.mean((0, 1)).clip(0) ** weight
        even = [np.pad(i, ((0, i.shape[0] % 2), (0, i.shape[1] % 2), (0, 0)), "edge") for i in (a, b)]
        a, b = [(i[::2, ::2] + i[1::2, ::2] + i[::2, 1::2] + i[1::2, 1::2]) / 4 for i in even]
    return product.mean()


def print_references():
    print(f"scikit-image {skimage.__version__}")
    for size in [(200, 170), (61, 40)]:
        photo, render = pattern_pair(*size)
        error_map, mean, parameters = flip(photo, render)
        print(f"{size[0]} x {size[1]}: PSNR {peak_signal_noise_ratio(photo, render, data_range=255):.6f}")
        print(f"  SSIM {ssim(photo, render):.6f}  MS-SSIM {ms_ssim(photo, render):.6f}" if min(size) > 160 else
              f"  SSIM {ssim(photo, render):.6f}")
        print(f"  FLIP mean {mean:.6f}, at (0, 0), (10, 20) and the last pixel:",
              *[f"{error_map[y, x, 0]:.6f}" for x, y in [(0, 0), (10, 20), (size[0] - 1, size[1] - 1)]])
        print(f"  {parameters}")


def check(folder):
    evaluation = json.loads((folder / "evaluation.json").read_text())
    failures = 0
    assert evaluation["views"], "no view to compare"
    for view in evaluation["views"]:
        photo, render = imread(folder / view["photo"]), imread(folder / view["render"])
        reference = {"psnr": peak_signal_noise_ratio(photo, render, data_range=255), "ssim_inside": ssim(photo, render),
                     "ms_ssim": ms_ssim(photo, render) if min(photo.shape[:2]) > 160 else None,
                     "flip": flip(photo, render)[1]}
        for name, value in reference.items():
            if value is None:
                continue
            close = abs(view["raw"][name] - value) <= TOLERANCE
            failures += not close
            print(f"{view['name']} {name}: {view['raw'][name]:.6f}, reference {value:.6f}{'' if close else ' DIFFERS'}")
    return 1 if failures else 0


def make_and_check(capture, train, evaluate, scratch):
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    run = [[capture, "photos", "--photos", "8", "--width", "320", "--height", "240"],
           [train, "--images", "photos/photos", "--poses", "photos/truth", "--output", "run", "--iterations", "60",
            "--export", "ply", "--test-every", "4"],
           [evaluate, "run/scene.ply", "--output", "evaluation", "--save-renders"]]
    for command in run:
        subprocess.run(command, cwd=scratch, check=True)
    return check(scratch / "evaluation")


def main(arguments):
    if len(arguments) == 4:
        return make_and_check(*arguments[:3], pathlib.Path(arguments[3]))
    return check(pathlib.Path(arguments[0])) if arguments else print_references()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
