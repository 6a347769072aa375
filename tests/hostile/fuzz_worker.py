"""Reads mutants one after the other in this one limited process and says what went wrong.

Arguments: the first seed and how many. Prints one JSON object.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import traceback

MOST_CPU_SECONDS = 1.0
ADDRESS_SPACE = 1024**3
#: What a reader has no business with; opening files to read is checked by mode.
FORBIDDEN = ("os.system", "os.exec", "os.remove", "os.rename", "subprocess", "socket", "shutil")
FRAMEWORKS = ("torch", "keras", "tensorflow", "numpy", "onnx")


class Watch:
    """Notes forbidden acts of this process while it is on."""

    def __init__(self) -> None:
        self.on = False
        self.seen: list[str] = []

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        if not self.on:
            return
        writes = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
        if writes or event.startswith(FORBIDDEN):
            self.seen.append(f"{event} {args!r:.200}")


def attempt(text: str) -> tuple[str, str | None]:
    """What became of a source, "read" or "refused", and what is wrong with that, if anything."""
    import convwise
    from convwise.errors import ConvwiseError

    try:
        net = convwise.read(text, dialect="torch" if "torch" in text else "keras")
        net.summary().text()
    except ConvwiseError as error:
        line = error.where.line
        lines = text.count("\n") + text.count("\x0c") + text.count("\u2028") + 1
        if line is not None and not 1 <= line <= lines:
            return "refused", f"line {line} of {lines} is named: {error}"
        if not str(error).strip():
            return "refused", "no message"
        return ("refused with a line" if line is not None else "refused"), None
    except BaseException:
        return "crashed", traceback.format_exc(limit=-3)
    return "read", None


def timed(text: str) -> tuple[str, str | None]:
    """The same, the time included: slow is what is slow three times."""
    seconds = []
    for _ in range(3):
        started = time.process_time()
        fate, trouble = attempt(text)
        seconds.append(time.process_time() - started)
        if trouble is not None or seconds[-1] < MOST_CPU_SECONDS:
            return fate, trouble
    return fate, f"takes {min(seconds):.2f} CPU-seconds"


def main() -> None:
    """Read the mutants and print what came of them."""
    from tests.hostile.mutants import mutant, sources

    first, count = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    watch = Watch()
    sys.addaudithook(watch)
    texts = sources()
    said: dict[str, int] = {}
    troubles: list[dict[str, object]] = []
    for seed in range(first, first + count):
        name, text = mutant(texts, seed)
        watch.on = True
        fate, trouble = timed(text)
        watch.on = False
        said[fate] = said.get(fate, 0) + 1
        if trouble is not None:
            troubles.append({"seed": seed, "name": name, "trouble": trouble})
    troubles += [{"seed": None, "name": "process", "trouble": act} for act in watch.seen]
    loaded = [one for one in FRAMEWORKS if one in sys.modules]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"said": said, "troubles": troubles, "loaded": loaded, "peak_bytes": peak}))


if __name__ == "__main__":
    main()
