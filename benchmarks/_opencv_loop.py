"""A plain loop over a recording by OpenCV, whose interpreter need not have anything else of this project.

Every so many-th frame is converted and scaled; the others are decoded alone.
"""

from __future__ import annotations

import json
import sys
import time

import cv2


def _loop(path: str, every: int, side: int) -> None:
    begun, cpu = time.perf_counter(), time.process_time()
    capture = cv2.VideoCapture(path)
    frames, kept = 0, []
    while capture.grab():
        if frames % every == every // 2:
            _, frame = capture.retrieve()
            kept.append(cv2.resize(frame, (side, side), interpolation=cv2.INTER_AREA))
        frames += 1
    took = {"seconds": time.perf_counter() - begun, "cpu_seconds": time.process_time() - cpu}
    print(json.dumps({"version": cv2.__version__, "frames": frames, "samples": len(kept), **took}))


if __name__ == "__main__":
    _loop(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
