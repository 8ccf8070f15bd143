#!/bin/sh
# Numbers the messages it passes on: a component in shell. It is started once, so that its count
# goes on from message to message. A request is a JSON value, so it can be put into the answer whole.
number=0
while IFS= read -r request; do
    number=$((number + 1))
    printf '{"outputs":[{"number":%d,"request":%s}]}\n' "$number" "$request"
done
