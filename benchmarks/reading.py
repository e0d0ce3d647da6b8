"""How fast texts are read, against `SentenceTransformer.encode` on the same texts in the same run.

    HF_HUB_OFFLINE=1 python benchmarks/reading.py [--folder data/models] [--rounds 5]

Two threads on each side. Prints the encoder alone (single texts of about 15 tokens, batches of 32), how far its vectors
agree with the model as it came, and the whole reading: p50 and p99 of single texts, texts a second in batches, how long
a process takes from a warm cache, and its memory. With `--first` it times the first start, too: export and training.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from nlp import sentences
from nlp.models import Making, open_reader, shipped_model

THREADS = 2
BATCH = 32
#: tokens of a text that is measured, the ends among them
TOKENS = range(13, 18)

_WARM = """
import json, resource, sys, time
began = time.perf_counter()
from pathlib import Path
from nlp.models import Making, open_reader
reader = open_reader(Making(Path(sys.argv[1])), print)
reader.read("where is my order")
ready = time.perf_counter() - began
status = Path("/proc/self/status").read_text()
resident = int(status.split("VmRSS:")[1].split()[0]) / 1024
print(json.dumps([ready, resident]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("data/models"), help="where the models are kept")
    parser.add_argument("--rounds", type=int, default=5, help="how often each side is timed, in turns")
    parser.add_argument("--first", action="store_true", help="time a first start as well")
    arguments = parser.parse_args()
    reader = open_reader(Making(arguments.folder), print)
    peer = _peer()
    texts = _texts(peer)
    _encoders(reader, peer, texts, arguments.rounds)
    _readings(reader, texts)
    _process(arguments.folder)
    if arguments.first:
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            open_reader(Making(Path(folder)), lambda said: print(f"  {time.perf_counter() - began:5.1f} s  {said}"))
            print(f"first start: {time.perf_counter() - began:.0f} s")


def _peer() -> Any:
    """What a user would otherwise pick: the library itself."""
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(THREADS)
    return SentenceTransformer(str(shipped_model()), device="cpu", local_files_only=True)


def _texts(peer: Any) -> list[str]:
    """English sentences of about 15 tokens, as customers write them."""
    english = sorted(one.text for one in sentences.read([sentences.SHIPPED]) if one.language == "en" and one.intent)
    fitting = [text for text in english if len(peer.tokenizer(text)["input_ids"]) in TOKENS]
    return random.Random(0).sample(fitting, 640)


def _encoders(reader: Any, peer: Any, texts: list[str], rounds: int) -> None:
    def ours(several: list[str]) -> Any:
        return reader.encoder.encode(several)

    def theirs(several: list[str]) -> Any:
        return peer.encode(several, batch_size=BATCH, show_progress_bar=False, normalize_embeddings=True)

    singles = [[text] for text in texts[:120]]
    batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    print("encoder, ms a call: ours / SentenceTransformer.encode, and how many times as fast")
    for name, work in (("one text", singles), (f"{BATCH} texts", batches)):
        pairs = [(_median(ours, work), _median(theirs, work)) for _ in range(rounds)]
        fast, slow = (statistics.median(side) for side in zip(*pairs, strict=True))
        ratios = sorted(theirs / ours for ours, theirs in pairs)
        spread = f"{statistics.median(ratios):.1f}  ({ratios[0]:.1f}-{ratios[-1]:.1f})"
        print(f"  {name:<9} {fast:7.2f} / {slow:7.2f}   {spread}")
    agreement = (ours(texts) * theirs(texts)).sum(axis=1)
    print(f"  cosine of both sides' vectors: mean {agreement.mean():.4f}, least {agreement.min():.4f}")


def _median(encode: Callable[[list[str]], Any], work: list[list[str]]) -> float:
    encode(work[0])
    return 1000 * statistics.median(_timed(encode, one) for one in work)


def _timed(call: Callable[[Any], Any], argument: Any) -> float:
    began = time.perf_counter()
    call(argument)
    return time.perf_counter() - began


def _readings(reader: Any, texts: list[str]) -> None:
    reader.read(texts[0])
    taken = [1000 * _timed(reader.read, text) for text in texts]
    began = time.perf_counter()
    for start in range(0, len(texts), BATCH):
        reader.read_all(texts[start : start + BATCH])
    rate = len(texts) / (time.perf_counter() - began)
    p50, p99 = np.percentile(taken, (50, 99))
    print(f"whole reading: p50 {p50:.1f} ms, p99 {p99:.1f} ms; {rate:.0f} texts a second in batches of {BATCH}")


def _process(folder: Path) -> None:
    command = [sys.executable, "-c", _WARM, str(folder)]
    runs = [
        json.loads(subprocess.run(command, capture_output=True, text=True, check=True, env=_path()).stdout)
        for _ in range(5)
    ]
    ready, resident = (statistics.median(side) for side in zip(*runs, strict=True))
    print(f"a process with the reader alone: ready in {ready:.2f} s from a warm cache, {resident:.0f} MB resident")


def _path() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parent.parent)}


if __name__ == "__main__":
    main()
