#!/usr/bin/env python3
"""Mapper of a Hadoop Streaming job: lines of one split in, one mergeable part out, as "log<TAB>part in base64".

The lines come as "offset<TAB>line" (-D stream.map.input.ignoreKey=false). The environment names what belongs to the job:
FORESHARD (the program), FORESHARD_HEAD (file with the log's first 256 KiB), FORESHARD_SCHEMA (files, separated by colons) and
FORESHARD_OPTIONS (further options of foreshard profile). README.md shows the whole command.
"""

import base64
import os
import shlex
import subprocess
import sys
import tempfile


def main():
    lines = sys.stdin.buffer
    first = lines.readline()
    if not first:
        return 0
    key, line = first.split(b"\t", 1)
    place = int(key)
    log = os.environ.get("mapreduce_map_input_file", os.environ.get("map_input_file", "standard input"))
    command = [os.environ.get("FORESHARD", "foreshard"), "profile", "--partial", "--threads", "1", "--offset", str(place), "--name", log]
    if os.environ.get("FORESHARD_HEAD"):
        command += ["--head", os.environ["FORESHARD_HEAD"]]
    for schema in filter(None, os.environ.get("FORESHARD_SCHEMA", "").split(":")):
        command += ["--schema", schema]
    command += shlex.split(os.environ.get("FORESHARD_OPTIONS", "")) + ["--log", "-"]
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out)
        while True:
            process.stdin.write(line)
            place += len(line)
            record = lines.readline()
            if not record:
                break
            key, line = record.split(b"\t", 1)
            if int(key) != place:
                raise SystemExit(f"A line begins at {int(key)} where {place} was expected: set textinputformat.record.delimiter to a line feed.")
        process.stdin.close()
        if process.wait() != 0:
            return 1
        out.seek(0)
        sys.stdout.write(log + "\t" + base64.b64encode(out.read()).decode() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
