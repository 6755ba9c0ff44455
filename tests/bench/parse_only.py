"""The bare ceiling of the stack: the same server, the same body, the same strict model, and nothing else."""

from __future__ import annotations

from flask import Flask, Response, request

from store_server.wire.sightings import SightingBatch

app = Flask(__name__)


@app.get("/health")
def health() -> Response:
    return Response("{}")


@app.post("/api/node/batches")
def batches() -> Response:
    SightingBatch.model_validate_json(request.get_data())
    return Response("{}", mimetype="application/json")
