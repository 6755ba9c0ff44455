"""The notice in German."""

from __future__ import annotations

from store_server.domain.notice_text import NoticeText
from store_server.wire.privacy import Purpose, PurposeNotice

TEXT = NoticeText(
    promises=(
        "Nichts ohne Ihr Ja. Beachtet wird nur ein Funksender, den Sie hier bekommen und selbst eingeschaltet haben.",
        (
            "Ein Ja für jeden Zweck. Fünf einzelne Schalter, alle aus; "
            "keiner ist nötig für einen anderen oder für den Einkauf hier."
        ),
        "Nein ist so leicht wie Ja. Zweimal tippen genügt, und es wirkt in einer Sekunde.",
        "Keine Spur. Wo Sie gingen, ist spätestens 30 Minuten nach Ihrem Weggehen vergessen.",
        (
            "Kein Name. Wir fragen nach keinem Namen, keiner E-Mail und keiner Telefonnummer. "
            "Eine Karte mit einem Code genügt."
        ),
        (
            "Keine Person auf einem Bildschirm des Personals. "
            "Das Personal sieht, wie voll Bereiche sind, nie Ihren Punkt, Merkzettel oder Weg."
        ),
        (
            "Gleicher Preis, gleiche Ware. Nichts hier bestimmt einen Preis, "
            "eine Grenze oder eine Ablehnung danach, wer Sie sind."
        ),
        "Sie können alles sehen, was wir über Sie haben und warum, und es löschen lassen.",
        "Die Daten betreffen Sie und bleiben hier. Sie verlassen den Markt für niemanden.",
    ),
    purposes=(
        PurposeNotice(
            purpose=Purpose.GUIDANCE,
            sentence="Kioske zeigen Ihnen den Weg zu den Dingen auf Ihrem Merkzettel.",
            why="Um zu wissen, wo Sie stehen und welches Regal das nächste ist.",
            data="Ihr Merkzettel. Wo Ihre Marke während dieses Besuchs ist.",
            kept=(
                "Ihr Merkzettel, bis Sie ihn leeren, höchstens 13 Monate ohne Besuch. "
                "Höchstens 60 Minuten auf einem Telefon, auf das Sie ihn mitnehmen. "
                "Ihr Standort höchstens 30 Minuten, nur im Arbeitsspeicher."
            ),
        ),
        PurposeNotice(
            purpose=Purpose.SUGGESTIONS,
            sentence="Kioske schlagen vor, was gut zu Ihrem Merkzettel passt, und sagen, warum.",
            why="Um zu finden, was in anderen Körben neben den Dingen auf Ihrem Merkzettel lag.",
            data="Ihr Merkzettel, was Sie bei diesem Besuch genommen haben und was Sie nicht mehr sehen wollten.",
            kept="Dieser Besuch. Was Sie nicht mehr sehen wollten, solange dieser Schalter an ist.",
        ),
        PurposeNotice(
            purpose=Purpose.CAMPAIGNS,
            sentence="Ihnen können Angebote des Markts gezeigt werden.",
            why="Um ein Angebot dort zu zeigen, wo es nützt, und nicht zu oft.",
            data="Welche Angebote Ihnen gezeigt wurden und wann.",
            kept="30 Tage.",
        ),
        PurposeNotice(
            purpose=Purpose.HEATMAP,
            sentence="Sie werden in Bereichen gezählt, zusammen mit anderen.",
            why="Damit das Personal sieht, wo es voll ist. Es sieht Gruppen, nie eine einzelne Person.",
            data=(
                "Eine Zählung in einem Bereich in einem Zeitfenster von einer Minute, "
                "ohne Ihre Nummer, sobald das Fenster endet."
            ),
            kept="Minuten. Die Zahlen der Gruppen 13 Monate.",
        ),
        PurposeNotice(
            purpose=Purpose.PREDICTION,
            sentence="Der Markt darf lernen, was Sie kaufen, um Ihnen zu sagen, was Sie bald brauchen könnten.",
            why="Um zu schätzen, was in Ihrer Küche zur Neige geht.",
            data="Was Sie bei mehreren Besuchen gekauft haben.",
            kept="12 Monate, oder bis Sie es ausschalten.",
        ),
    ),
)
