"""Reads Kafka records as CloudEvents: one JSON object a line in, one out, with the event's attributes and data.

In: {"headers": {NAME: BASE64, …}, "value": BASE64}. Out: {"attributes": {…}, "data": …}; data that is bytes is {"bytes": BASE64}.
"""

import base64
import datetime
import json
import sys

from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka
from cloudevents.core.formats.json import JSONFormat


def plain(value):
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return value


for line in sys.stdin:
    record = json.loads(line)
    headers = {name: base64.b64decode(value) for name, value in record["headers"].items()}
    event = from_kafka(KafkaMessage(headers=headers, key=None, value=base64.b64decode(record["value"])), JSONFormat())
    attributes = {name: plain(value) for name, value in event.get_attributes().items()}
    print(json.dumps({"attributes": attributes, "data": plain(event.get_data())}))
