"""The notice in Spanish."""

from __future__ import annotations

from store_server.domain.notice_text import NoticeText
from store_server.wire.privacy import Purpose, PurposeNotice

TEXT = NoticeText(
    promises=(
        "Nada sin su sí. Solo cuenta un emisor entregado aquí y activado por usted; cualquier otro se ignora.",
        (
            "Un sí para cada uso. Cinco interruptores separados, todos apagados; "
            "ninguno hace falta para otro ni para comprar aquí."
        ),
        "Decir no es tan fácil como decir sí. Basta con tocar dos veces y funciona en un segundo.",
        "Sin rastro. Por dónde anduvo se olvida a más tardar 30 minutos después de irse.",
        "Sin nombre. No pedimos nombre, correo electrónico ni teléfono. Basta una tarjeta con un código.",
        (
            "Ninguna persona en una pantalla del personal. "
            "El personal ve cuánta gente hay por zonas, nunca su punto, su lista ni su camino."
        ),
        (
            "El mismo precio, los mismos productos. "
            "Nada aquí fija un precio, un límite o una negativa según quién sea usted."
        ),
        "Puede ver todo lo que guardamos sobre usted y por qué, y hacer que se borre.",
        "Los datos tratan de usted y se quedan aquí. No salen de la tienda para nadie.",
    ),
    purposes=(
        PurposeNotice(
            purpose=Purpose.GUIDANCE,
            sentence="Los quioscos le muestran el camino a las cosas de su lista.",
            why="Para saber dónde está usted y qué estante es el siguiente.",
            data="Su lista. Dónde está su ficha durante esta visita.",
            kept=(
                "Su lista hasta que usted la vacíe, como mucho 13 meses sin una visita. "
                "Como mucho 60 minutos en un móvil al que usted la lleve. "
                "Su posición como mucho 30 minutos, solo en la memoria temporal."
            ),
        ),
        PurposeNotice(
            purpose=Purpose.SUGGESTIONS,
            sentence="Los quioscos sugieren cosas que van bien con su lista, y dicen por qué.",
            why="Para encontrar qué había en otras cestas junto a las cosas de su lista.",
            data="Su lista, lo que tomó en esta visita y lo que pidió no volver a ver.",
            kept="Esta visita. Lo que pidió no volver a ver, mientras este interruptor esté encendido.",
        ),
        PurposeNotice(
            purpose=Purpose.CAMPAIGNS,
            sentence="Se le pueden mostrar las ofertas de la tienda.",
            why="Para mostrar una oferta donde sea útil, y no demasiado a menudo.",
            data="Qué ofertas se le mostraron y cuándo.",
            kept="30 días.",
        ),
        PurposeNotice(
            purpose=Purpose.HEATMAP,
            sentence="Se le cuenta por zonas, junto con otras personas.",
            why="Para que el personal vea dónde hay mucha gente. Ve grupos, nunca a una sola persona.",
            data="Una cuenta en una zona durante una ventana de un minuto, sin su número en cuanto acaba la ventana.",
            kept="Minutos. Las cuentas de los grupos, 13 meses.",
        ),
        PurposeNotice(
            purpose=Purpose.PREDICTION,
            sentence="La tienda puede aprender qué compra usted, para decirle qué puede necesitar pronto.",
            why="Para adivinar qué se acaba en su cocina.",
            data="Lo que compró a lo largo de sus visitas.",
            kept="12 meses, o hasta que usted lo apague.",
        ),
    ),
)
