"""Greets by name: a component in Python. One line of JSON in, one line of JSON out."""

import json
import sys


def greet(fields, message):
    name = message.get("body", {}).get("name")
    if not isinstance(name, str):
        return {"error": {"message": "body.name must be a text", "transient": False}}
    return {"outputs": [{"greeting": f"{fields.get('word', 'Hello')} {name}"}]}


for line in sys.stdin:
    request = json.loads(line)
    answer = greet(request["fields"], request["message"])
    print(json.dumps(answer), flush=True)
