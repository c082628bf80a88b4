"""Runs the programs on inputs that tools of this kind are known to fail on, and judges what comes out.

usage: check_cases.py BIN_DIR CASES_DIR PHOTOS_DIR OUT_DIR [--without NAME] [NAME ...]
  BIN_DIR     splat-train, splat-render, splat-export, splat-capture
  CASES_DIR   one folder a case with a generator make.py (BIN_DIR OUT_DIR)
  PHOTOS_DIR  photo sets, of which the case of two scenes takes its photos
  NAME        only these cases; behind --without: all but this one
A case is right, half right (the result is right or refused, but the words that a user needs are missing) or wrong. The
exit status is 1 if any is not right, or if a generator is there that this program does not know.
"""
import json
import re
import subprocess
import sys
import time
from pathlib import Path

BASE_DB = 23.46  # PSNR of the plain capture with its points
RANDOM_DB = 17.0  # and of a random start
TOLERANCE_DB = 0.5
TIMEOUT_S = 300

RIGHT, HALF, WRONG = "right", "half right", "wrong"


class Run:
    """A program's run: its exit status, all it said, and where its output lies."""

    def __init__(self, bin_dir, program, arguments, output=None):
        self.output = output
        begin = time.time()
        try:
            done = subprocess.run([bin_dir / program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=TIMEOUT_S, check=False)
            self.status, self.text = done.returncode, done.stdout.decode(errors="replace")
        except subprocess.TimeoutExpired:
            self.status, self.text = -1, f"no end within {TIMEOUT_S} s"
        self.seconds = time.time() - begin

    def psnr(self):
        try:
            return json.loads((self.output / "metrics.json").read_text())["test"]["psnr"]
        except (OSError, KeyError, ValueError):
            return float("nan")

    def last_line(self):
        lines = [line for line in self.text.splitlines() if line.strip()]
        return lines[-1][:160] if lines else "nothing was said"


class Cases:
    def __init__(self, bin_dir, photos_dir, out_dir):
        self.bin_dir, self.photos_dir, self.out_dir = bin_dir, photos_dir, out_dir
        self.results = []

    def train(self, images, *extra):
        output = self.out_dir / "runs" / f"{len(self.results)}_{images.parent.name}"
        return Run(self.bin_dir, "splat-train",
                   ["--images", images, "--output", output, "-n", "200", "--downscale", "2", "--test-every", "6",
                    "--threads", "2", "--export", "ply", "--overwrite", *extra], output)

    def result(self, name, verdict, seen):
        self.results.append((name, verdict, seen))
        print(f"{verdict:10}  {name:34}  {seen}", flush=True)

    def trained(self, name, images, least_db, said=(), extra=(), not_said=()):
        """The run must end well, reach the PSNR, and say what a user needs to know."""
        run = self.train(images, *extra)
        psnr = run.psnr()
        missing = [pattern for pattern in said if not re.search(pattern, run.text, re.I)]
        unwanted = [pattern for pattern in not_said if re.search(pattern, run.text, re.I)]
        seen = f"{psnr:.2f} dB, exit {run.status}, {run.seconds:.0f} s"
        if run.status != 0:
            return self.result(name, WRONG, f"{seen}: {run.last_line()}")
        if not psnr >= least_db - TOLERANCE_DB:
            return self.result(name, WRONG, f"{seen}, at least {least_db - TOLERANCE_DB:.2f} dB wanted")
        if missing or unwanted:
            return self.result(name, HALF, f"{seen}; not said: {missing}; said without need: {unwanted}")
        return self.result(name, RIGHT, seen)

    def refused(self, name, images, said):
        """The run must end with a non-zero exit status and one line that helps."""
        run = self.train(images)
        missing = [pattern for pattern in said if not re.search(pattern, run.text, re.I)]
        if run.status <= 0:
            return self.result(name, WRONG, f"exit {run.status}: {run.last_line()}")
        return self.result(name, HALF if missing else RIGHT, run.last_line())

    def rendered(self, name, scene, splats):
        """The scene must be read, with so many splats, as splat-export writes it again."""
        copy = self.out_dir / "runs" / f"{len(self.results)}.ply"
        copy.parent.mkdir(exist_ok=True)
        run = Run(self.bin_dir, "splat-export", [scene, copy, "--overwrite", "--no-check"])
        if run.status != 0:
            return self.result(name, WRONG, run.last_line())
        count = re.search(rb"element vertex (\d+)", copy.read_bytes()[:4000])
        count = int(count.group(1)) if count else -1
        drawn = Run(self.bin_dir, "splat-render", [scene, "--orbit", "1", "--width", "64", "--output",
                                                   self.out_dir / "runs" / f"{len(self.results)}_views"])
        verdict = RIGHT if count == splats and drawn.status == 0 else WRONG
        return self.result(name, verdict, f"{count} splats of {splats}, drawn with exit {drawn.status}")


def backslash_paths(c, d):
    c.trained("20 of 24 photos, Windows paths", d / "backslash/images", RANDOM_DB, [r"\b4\b.*(not|missing)"])


def duplicate_points(c, d):
    for k in (1, 2, 3, 4):
        c.trained(f"each point {k} times", d / f"dup{k}/images", BASE_DB)
    # Some hundred places are left of 6,000: too few for the plain capture's PSNR, but better than a random start.
    c.trained("points on a grid", d / "grid/images", RANDOM_DB + 1)


def georef_ply(c, d):
    c.trained("UTM coordinates", d / "georef/images", BASE_DB)


def glb_node_transforms(c, d):
    for name, splats in (("rotated.glb", 2000), ("parent.glb", 2000), ("two_instances.glb", 4000), ("scene.gltf", 2000)):
        c.rendered(name, d / name, splats)


def heic_among_jpg(c, d):
    c.trained("12 HEIC among 12 JPEG", d / "heic/images", RANDOM_DB - 1, [r"12\b.*heic"])
    c.refused("a folder with a video", d / "video", [r"mp4|video", r"ffmpeg|frames"])
    c.refused("a video", d / "video/clip.mp4", [r"video", r"ffmpeg|frames"])


def mask_path(c, d):
    # The masks drop the left half; the PSNR is that of the other one, which half of the pixels has trained.
    c.trained("mask_path and images/masks", d / "masks/images", BASE_DB - 0.5, [r"Masks: \d+ of \d+ photos", r"50\.0 %"])


def model_in_root(c, d):
    c.trained("photos beside a model", d / "root/images", BASE_DB)
    c.trained("the folder of both", d / "root", BASE_DB)


def model_with_ply_only(c, d):
    c.trained("points3D.ply only", d / "ply_only/images", BASE_DB)
    c.trained("points3D.ply only, --poses", d / "ply_only/images", BASE_DB, (), ("--poses", d / "ply_only/sparse/0"))
    c.trained("no points", d / "no_points/images", RANDOM_DB, [r"random"])


def photo_extension_changed(c, d):
    c.trained("20 of 24, other extension", d / "ext_some/images", RANDOM_DB, [r"\b4\b.*(not|missing)"])
    c.trained("one photo too many", d / "ext_mispaired/images", BASE_DB - 0.3, [r"a_cover|\b1\b.*(not|left|missing)"])


def scaled_matrices(c, d):
    c.trained("matrices with a scale", d / "scaled/images", BASE_DB, [r"scale"])


def sog_unbundled(c, d):
    for name in ("unbundled/meta.json", "unbundled", "in_folder.sog"):
        c.rendered(name, d / name, 2000)


def text_points_variants(c, d):
    c.trained("points without ERROR", d / "no_error/images", BASE_DB)
    c.trained("colours as floats", d / "float_rgb/images", BASE_DB)


def two_scenes_one_folder(c, d):
    output = c.out_dir / "runs" / "two_scenes"
    run = Run(c.bin_dir, "splat-train", ["--images", d / "two/images", "-n", "60", "--output", output, "--overwrite"])
    named = re.search(r"unconnected|another scene|two (scenes|parts)|other (part|scene)|not connected", run.text, re.I)
    verdict = WRONG if run.status != 0 else RIGHT if named else HALF
    c.result("photos of two places", verdict, f"exit {run.status}, {run.seconds:.0f} s: {run.last_line()}")


def main():
    bin_dir, cases_dir, photos_dir, out_dir = [Path(argument).resolve() for argument in sys.argv[1:5]]
    wanted = sys.argv[5:]
    without = wanted[1] if wanted[:1] == ["--without"] else None
    if without:
        wanted = wanted[2:]
    names = sorted(folder.parent.name for folder in cases_dir.glob("*/make.py"))
    unknown = 0
    cases = Cases(bin_dir, photos_dir, out_dir)
    for name in names:
        if name == without or (wanted and name not in wanted):
            continue
        judge = globals().get(name.replace("-", "_"))
        if judge is None:
            print(f"unknown     {name}: no judgement of it stands in this program")
            unknown += 1
            continue
        folder = out_dir / name
        extra = [photos_dir / "banana/images", photos_dir / "fox/images"] if name == "two-scenes-one-folder" else []
        subprocess.run([sys.executable, cases_dir / name / "make.py", bin_dir, folder, *extra], check=True,
                       stdout=subprocess.DEVNULL)
        judge(cases, folder)
    counts = {verdict: sum(result[1] == verdict for result in cases.results) for verdict in (RIGHT, HALF, WRONG)}
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    sys.exit(1 if unknown or counts[HALF] or counts[WRONG] or not cases.results else 0)


if __name__ == "__main__":
    main()
