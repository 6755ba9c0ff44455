"""The notice in French."""

from __future__ import annotations

from store_server.domain.notice_text import NoticeText
from store_server.wire.privacy import Purpose, PurposeNotice

TEXT = NoticeText(
    promises=(
        "Rien sans votre oui. Seul compte un émetteur remis ici et activé par vous ; tout autre est ignoré.",
        (
            "Un oui par usage. Cinq réglages séparés, tous désactivés ; "
            "aucun n’est exigé pour un autre, ni pour faire vos courses ici."
        ),
        "Non est aussi facile que oui. Il suffit de toucher deux fois, et l’effet vient en une seconde.",
        "Pas de trace. Le chemin que vous avez suivi est oublié au plus tard 30 minutes après votre départ.",
        "Pas de nom. Nous ne demandons ni nom, ni e-mail, ni numéro de téléphone. Une carte avec un code suffit.",
        (
            "Aucune personne sur un écran de l’équipe. "
            "L’équipe voit l’affluence par zone, jamais votre point, votre liste ni votre chemin."
        ),
        "Même prix, mêmes produits. Rien ici ne fixe un prix, une limite ou un refus selon qui vous êtes.",
        "Vous pouvez voir tout ce que nous gardons sur vous et pourquoi, et le faire effacer.",
        "Les données parlent de vous et restent ici. Elles ne quittent le magasin pour personne.",
    ),
    purposes=(
        PurposeNotice(
            purpose=Purpose.GUIDANCE,
            sentence="Les bornes vous montrent le chemin vers les produits de votre liste.",
            why="Pour savoir où vous êtes et quel rayon est le suivant.",
            data="Votre liste. Où est votre badge pendant cette visite.",
            kept=(
                "Votre liste jusqu’à ce que vous la vidiez, au plus 13 mois sans visite. "
                "Au plus 60 minutes sur un téléphone où vous l’emportez. "
                "Votre position au plus 30 minutes, en mémoire vive seulement."
            ),
        ),
        PurposeNotice(
            purpose=Purpose.SUGGESTIONS,
            sentence="Les bornes suggèrent ce qui va bien avec votre liste, et disent pourquoi.",
            why="Pour trouver ce que d’autres paniers contenaient avec les produits de votre liste.",
            data="Votre liste, ce que vous avez pris pendant cette visite, et ce que vous ne voulez plus voir.",
            kept="Cette visite. Ce que vous ne voulez plus voir, tant que ce réglage est activé.",
        ),
        PurposeNotice(
            purpose=Purpose.CAMPAIGNS,
            sentence="Les offres du magasin peuvent vous être montrées.",
            why="Pour montrer une offre là où elle est utile, et pas trop souvent.",
            data="Quelles offres vous ont été montrées, et quand.",
            kept="30 jours.",
        ),
        PurposeNotice(
            purpose=Purpose.HEATMAP,
            sentence="On vous compte par zone, avec d’autres personnes.",
            why="Pour que l’équipe voie où il y a du monde. Elle voit des groupes, jamais une seule personne.",
            data=(
                "Un compte dans une zone pendant une fenêtre d’une minute, "
                "sans votre numéro dès que la fenêtre se ferme."
            ),
            kept="Quelques minutes. Les comptes des groupes 13 mois.",
        ),
        PurposeNotice(
            purpose=Purpose.PREDICTION,
            sentence=(
                "Le magasin peut apprendre ce que vous achetez, pour vous dire ce qu’il vous faudra peut-être bientôt."
            ),
            why="Pour deviner ce qui va manquer dans votre cuisine.",
            data="Ce que vous avez acheté au fil des visites.",
            kept="12 mois, ou jusqu’à ce que vous le désactiviez.",
        ),
    ),
)
