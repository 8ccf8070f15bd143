"""The other end of the interoperation tests: Python's cbor2.

Reads one JSON array of hexadecimal strings from standard input, decodes each as CBOR, and writes
a JSON array of objects back: what was decoded, as text, and its re-encoding, canonical and not.
"""
import json
import sys

try:
    import cbor2
except ImportError:
    sys.exit("cbor2 is missing: run `python3 -m venv VENV && VENV/bin/pip install cbor2`"
             " and set COVENANT_PYTHON=VENV/bin/python")


def describe(value):
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, bytes):
        return "h'" + value.hex() + "'"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{describe(k)}: {describe(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(describe(element) for element in value) + "]"
    return repr(value)


answers = []
for item in json.load(sys.stdin):
    value = cbor2.loads(bytes.fromhex(item))
    answers.append({
        "description": describe(value),
        "canonical": cbor2.dumps(value, canonical=True).hex(),
        "plain": cbor2.dumps(value).hex(),
    })
json.dump(answers, sys.stdout)
