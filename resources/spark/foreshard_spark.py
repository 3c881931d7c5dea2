#!/usr/bin/env python3
"""Profiles PostgreSQL logs of any size on a Spark cluster.

    spark-submit foreshard_spark.py --schema schema.sql --out whole.part LOG...
    foreshard profile shop.foreshard --log whole.part

Each task pipes one split of a log through `foreshard profile --partial`; the parts are merged as a tree. The result is the
same, to the byte, as `foreshard profile --partial` on one machine. Every machine needs the program (--foreshard names it) and
sees the logs: by a path they share, or by a URL (hdfs://, s3://...) where the Python package fsspec is installed.
Rotated logs of one server are given in their order, with --one-server NAME. A compressed log is one split.
"""

import argparse
import os
import subprocess
import sys
import tempfile

HEAD_BYTES = 256 << 10
MERGED_AT_ONCE = 64
COMPRESSED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")
UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def open_log(path):
    """A log as a binary file that can seek."""
    if "://" not in path:
        return open(path, "rb")
    try:
        import fsspec
    except ImportError:
        raise SystemExit(f"{path} is a URL: install the Python package fsspec on every machine, or give a path that they share.")
    return fsspec.open(path, "rb").open()


def size_of(file):
    return file.seek(0, os.SEEK_END)


def run(command, feed=None):
    """Runs the program; `feed` writes its standard input. Its own sentence is the error."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdin=subprocess.PIPE if feed else subprocess.DEVNULL, stdout=out, stderr=errors)
        if feed:
            try:
                feed(process.stdin)
                process.stdin.close()
            except BrokenPipeError:
                pass  # it has said why
        code = process.wait()
        errors.seek(0)
        if code != 0:
            raise RuntimeError(errors.read().decode("utf-8", "replace").strip() or f"{command[0]} ended with {code}")
        out.seek(0)
        return out.read()


def splits_of(logs, split_bytes, one_server):
    """What each task reads: (log, offset, length or None for all, bytes before the log in its source)."""
    splits, base = [], 0
    for path in logs:
        with open_log(path) as file:
            size = size_of(file)
            file.seek(0)
            packed = file.read(4).startswith(COMPRESSED)
        if packed and one_server:
            raise SystemExit(f"{path} is compressed: where one log ends and the next begins is not known. Unpack it, or leave --one-server out.")
        if packed:
            splits.append((path, 0, None, 0))
        else:
            splits += [(path, at, min(split_bytes, size - at), base) for at in range(0, size, split_bytes)]
        base += size if one_server else 0
    return splits


def copy_bytes(file, length, target):
    while length is None or length > 0:
        block = file.read(1 << 20 if length is None else min(1 << 20, length))
        if not block:
            break
        target.write(block)
        length = None if length is None else length - len(block)


def read_part(split, job):
    path, offset, length, base = split
    with tempfile.TemporaryDirectory() as folder, open_log(path) as log:
        command = [job["program"], "profile", "--partial", "--threads", "1", "--offset", str(offset), "--base", str(base), "--name", path]
        for name, content in job["schemas"]:
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
            command += ["--schema", os.path.join(folder, name)]
        if length is not None:
            head = os.path.join(folder, "head")
            with open(head, "wb") as file:
                file.write(log.read(HEAD_BYTES))
            command += ["--head", head]
        log.seek(offset)
        return run(command + job["options"] + ["--log", "-"], lambda target: copy_bytes(log, length, target))


def merge_parts(parts, program):
    """One part of many."""
    parts = list(parts)
    while len(parts) > 1:
        some, parts = parts[:MERGED_AT_ONCE], parts[MERGED_AT_ONCE:]
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for number, part in enumerate(some):
                paths.append(os.path.join(folder, str(number)))
                with open(paths[-1], "wb") as file:
                    file.write(part)
            parts.append(run([program, "merge", "-"] + paths))
    return parts


def bytes_of(text):
    number, unit = (text[:-1], text[-1].lower()) if text[-1:].lower() in UNITS else (text, "")
    return max(1, int(number) * UNITS.get(unit, 1))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("logs", nargs="+", metavar="LOG")
    parser.add_argument("--schema", action="append", default=[], help="DDL files or SQLite databases")
    parser.add_argument("--out", required=True, help="file for the merged part")
    parser.add_argument("--split-bytes", type=bytes_of, default=128 << 20, help="bytes a task reads, such as 128m")
    parser.add_argument("--foreshard", default="foreshard", help="the program, on every machine")
    parser.add_argument("--one-server", metavar="NAME", help="the logs are rotated ones of one server, in their order")
    for option in ("--format", "--prefix", "--timezone", "--interval", "--sample-rate", "--min-duration"):
        parser.add_argument(option, help="as for foreshard profile")
    parser.add_argument("--pooled", action="store_true", help="as for foreshard profile")
    return parser.parse_args()


def job_of(args):
    """Everything a task needs beside its split."""
    schemas = []
    for number, path in enumerate(args.schema):
        with open_log(path) as file:
            schemas.append((f"{number}-{os.path.basename(path)}", file.read()))
    options = [each for name in ("format", "prefix", "timezone", "interval", "sample_rate", "min_duration") if getattr(args, name) is not None
               for each in ("--" + name.replace("_", "-"), getattr(args, name))]
    if args.pooled:
        options.append("--pooled")
    if args.one_server:
        options += ["--source", args.one_server]
    return {"program": args.foreshard, "schemas": schemas, "options": options}


def main():
    args = arguments()
    from pyspark.sql import SparkSession

    splits = splits_of(args.logs, args.split_bytes, args.one_server)
    if not splits:
        raise SystemExit("The logs are empty.")
    context = SparkSession.builder.appName("foreshard profile").getOrCreate().sparkContext
    job = context.broadcast(job_of(args))
    parts = context.parallelize(splits, len(splits)).map(lambda split: read_part(split, job.value))
    width = len(splits)
    while width > 1:
        width = (width + 7) // 8
        parts = parts.coalesce(width).mapPartitions(lambda some: merge_parts(some, job.value["program"]))
    (whole,) = parts.collect()
    temporary = args.out + ".new"
    with open(temporary, "wb") as file:
        file.write(whole)
    os.replace(temporary, args.out)
    print(f"{args.out}: {len(splits)} splits, {len(whole)} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
