#!/usr/bin/env python3
"""Reducer, and combiner, of a Hadoop Streaming job: merges the parts of all lines into one, "merged<TAB>part in base64".

With --binary the part itself goes to standard output: for the last step, over what all reducers have written. FORESHARD names
the program.
"""

import base64
import os
import subprocess
import sys
import tempfile

MERGED_AT_ONCE = 64


def merge(paths, folder, number):
    out = os.path.join(folder, f"merged-{number}")
    subprocess.run([os.environ.get("FORESHARD", "foreshard"), "merge", "--quiet", out] + paths, check=True)
    for path in paths:
        os.unlink(path)
    return out


def main():
    with tempfile.TemporaryDirectory() as folder:
        paths, count = [], 0
        for line in sys.stdin.buffer:
            count += 1
            paths.append(os.path.join(folder, str(count)))
            with open(paths[-1], "wb") as file:
                file.write(base64.b64decode(line.split(b"\t", 1)[1]))
            if len(paths) == MERGED_AT_ONCE:
                paths = [merge(paths, folder, count)]
        if not paths:
            return 0
        with open(merge(paths, folder, "all"), "rb") as file:
            part = file.read()
    if "--binary" in sys.argv[1:]:
        sys.stdout.buffer.write(part)
    else:
        sys.stdout.write("merged\t" + base64.b64encode(part).decode() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
