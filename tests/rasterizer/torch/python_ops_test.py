"""The shared library serves torch.ops in Python. Arguments: its path, and the version of LibTorch that it was built with.
Exit code 77: skipped, because this python3 has no torch or one of another version."""

import sys

try:
    import torch
except ImportError:
    print("skipped: this python3 has no torch")
    sys.exit(77)

if torch.__version__.split(".")[:2] != sys.argv[2].split(".")[:2]:
    print(f"skipped: built with LibTorch {sys.argv[2]}, but python3 has torch {torch.__version__}")
    sys.exit(77)

# The numbers of the background are exact; a float render resolves a directional difference to about one percent.
TOLERANCE = 0.03
STEP = 5e-3


def scene():
    """Two wide splats before a camera at the origin that looks along +z; no pixel crosses the alpha threshold."""
    means = torch.tensor([[-0.3, 0.1, 4.0], [0.2, -0.2, 5.0]])
    log_scales = torch.tensor([[0.9, 1.0, 0.8], [1.1, 0.9, 1.0]])
    quats = torch.tensor([[1.0, 0.1, 0.2, 0.0], [0.9, -0.3, 0.1, 0.2]])
    opacity_logits = torch.tensor([0.3, -0.2])
    sh_dc = torch.tensor([[0.8, 0.1, -0.5], [-0.2, 0.9, 0.4]])
    sh_rest = torch.zeros(2, 0, 3)
    return [means, log_scales, quats, opacity_logits, sh_dc, sh_rest]


def rasterize(model, background, near=0.2, far=1e10, sh_degree=0):
    width, height, focal = 32.0, 24.0, 32.0
    rotation = [1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0]
    camera = torch.tensor([width, height, focal, focal, width / 2, height / 2] + rotation + [0, 0, 0], dtype=torch.float64)
    count = model[0].shape[0]
    statistics = torch.zeros(count, 2), torch.zeros(count, 2)
    out = torch.ops.splat.rasterize(*model, camera, background, near, far, sh_degree, *statistics)
    return out, statistics


def expect_refused(name, model, background, **scalars):
    try:
        rasterize(model, background, **scalars)
    except RuntimeError as error:
        assert str(error).startswith(name + ":"), f"{name}: {error}"
        return
    raise AssertionError(f"{name} of {scalars or background} was taken")


def main():
    torch.ops.load_library(sys.argv[1])
    background = torch.tensor([0.25, 0.5, 0.75])

    nothing = [tensor[:0] for tensor in scene()]
    (image, alpha, _, _, _), _ = rasterize(nothing, background)
    assert torch.equal(image, background.expand(24, 32, 3)), "an empty model is not the background"
    assert alpha.abs().sum() == 0

    model = [tensor.requires_grad_() for tensor in scene()]
    torch.manual_seed(1)
    weight = torch.randn(24, 32, 3, dtype=torch.float64)
    (image, *_), statistics = rasterize(model, background)
    (image * weight).sum().backward()
    assert statistics[0].abs().sum() > 0, "the backward pass left no screen statistics"
    for index, tensor in enumerate(model[:5]):
        grad = tensor.grad
        direction = grad / grad.norm()
        losses = []
        with torch.no_grad():
            for sign in (1, -1):
                moved = list(model)
                moved[index] = tensor + sign * STEP * direction
                losses.append((rasterize(moved, background)[0][0] * weight).sum())
        slope = (losses[0] - losses[1]) / (2 * STEP)
        ratio = (slope / grad.norm()).item()
        assert abs(ratio - 1) < TOLERANCE, f"tensor {index}: difference / gradient = {ratio}"
    nan = float("nan")
    refused = {"near": [0.0, -1.0, nan, float("inf")], "far": [0.1, 0.2, nan, -1.0], "sh_degree": [-1, 4, 2**32]}
    for name, values in refused.items():
        for value in values:
            expect_refused(name, model, background, **{name: value})
    expect_refused("background", model, torch.tensor([0.0, nan, 0.0]))
    print("torch", torch.__version__, "renders and differentiates")


main()
