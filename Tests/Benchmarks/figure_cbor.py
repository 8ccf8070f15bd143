"""What it costs to write and read one record of 8 fields and 250 bytes."""

from bench import SERVER_CORE, figure, pinned

import json
import subprocess


@figure("cbor_coding")
def cbor_coding(bench):
    """Generated coding beside swift-protobuf, and Codable's beside Foundation's JSON."""
    runs = []
    for _ in range(bench.runs):
        output = subprocess.run(
            pinned(SERVER_CORE, [bench.program("cbor-codec")]), check=True, capture_output=True,
            text=True).stdout
        runs.append(json.loads(output))

    def values(coder, way):
        return [run[f"{coder}_{way}_ns"] for run in runs]

    figures = []
    for way in ("encode", "decode"):
        # So many times faster is so small a ratio.
        figures.append(bench.result(
            f"cbor_generated_{way}", "ns", values("generated", way),
            "swift-protobuf", values("protobuf", way), floor=round(1 / 1.5, 3), goal=1 / 2.5))
        figures.append(bench.result(
            f"cbor_codable_{way}", "ns", values("codable", way),
            "Foundation JSON", values("json", way), floor=1 / 5, goal=round(1 / 9, 3)))
    return figures
