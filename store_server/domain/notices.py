"""The notice: what every person may read before saying yes, in plain words, versioned and hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from store_server.domain import notice_ar, notice_de, notice_en, notice_es, notice_fr, notice_zh
from store_server.domain.notice_text import NoticeText
from store_server.wire.privacy import Notice

NOTICE_VERSION = "2026-12"

_TEXTS: Mapping[str, NoticeText] = {
    "en": notice_en.TEXT,
    "de": notice_de.TEXT,
    "fr": notice_fr.TEXT,
    "es": notice_es.TEXT,
    "ar": notice_ar.TEXT,
    "zh": notice_zh.TEXT,
}
LANGUAGES = tuple(_TEXTS)
"""Languages the notice exists in. A consent names the language it was read in."""


def notice(language: str, controller: str) -> Notice:
    """The notice in this language, or in English where there is no translation yet.

    ``sha256`` covers the words, the version and the controller: a consent points to exactly what was read.
    """
    spoken = language if language in LANGUAGES else "en"
    draft = Notice(
        version=NOTICE_VERSION,
        language=spoken,
        sha256="0" * 64,
        controller=controller,
        promises=_TEXTS[spoken].promises,
        purposes=_TEXTS[spoken].purposes,
    )
    digest = hashlib.sha256(draft.model_dump_json(exclude={"sha256"}).encode()).hexdigest()
    return draft.model_copy(update={"sha256": digest})
