"""The figures of the radio model, each with where it is from."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True, slots=True)
class RadioParameters:
    """The store's radio, each figure with where it is from.

    "The hall" is the real survey carried in ``floorplans/hall_recording``: 81 points, 12 receivers, a log-distance line with an
    offset for each receiver fitted to the mean strengths.
    """

    measured_power_dbm: float = -61.0
    """RSSI at 1 m. The hall: -60.8."""
    path_loss_exponent: float = 1.8
    """Rappaport, Wireless Communications (2nd ed., 2002), table of exponents in buildings: grocery store 1.8, retail store 2.2,
    both with their fixtures; we add fixtures apart. The hall, which is bare: 1.55."""
    fixture_loss_db_per_m: float = 4.0
    """On the way through goods. Rappaport, table of losses by obstruction: 5 m of rack tightly packed with metal 20 dB, 5 m of
    loosely packed paper 2 to 4 dB. The high end, as the demo's shelves hold tins, bottles and water."""
    wall_loss_db: float = 13.0
    """For each wall crossed that states no loss of its own. Same table: concrete block wall 13 dB."""
    obstacle_loss_limit_db: float = 20.0
    """More is not lost however much is in the way: what goes round (ceiling, end of the aisle) is then louder."""
    shadowing_sd_db: float = 4.0
    """The hall: 4.0. Rappaport, grocery store: 5.2, with the fixtures we add apart."""
    shadowing_correlation_m: float = 2.0
    """Distance at which shadowing is alike by 1/e: exponential correlation, Gudmundson (Electronics Letters 27, 1991),
    who measured streets; the length is the hall's: correlation 0.42 at 1.6 m, 0.30 at 2.2 m, 0.12 at 3.9 m."""
    receiver_offset_sd_db: float = 2.0
    """How unlike receivers of one make hear. The hall: 2.2 among twelve."""
    fading_k_db: float = 6.0
    """Rician K. 6 dB spreads single packets by 3.2 dB about their mean; the hall: 2.8 (median place), 3.8 (all). Packets fade
    independently: successive ones go out on channels 22 MHz and more apart, wider than a hall's coherence bandwidth."""
    sensitivity_dbm: float = -97.0
    """Where half of the packets are lost. The hall: weakest heard -102, still 72 of 84 heard where the mean was -93."""
    sensitivity_width_db: float = 1.5
    """From half lost to one in four lost takes 1.1 times this."""
    best_reception: float = 0.96
    """Share of packets that arrive however strong: scan gaps and collisions. The hall: 79.5 of 83 above -65 dBm."""
    beacon_height_m: float = 1.2
    """A tag on a trolley's handle or at the belt."""
    node_height_m: float = 2.5
    """For nodes whose height the plan does not say."""

    def __post_init__(self) -> None:
        for field in fields(self):
            if not np.isfinite(getattr(self, field.name)):
                raise ValueError(f"{field.name} must be a finite number")
        for name in ("path_loss_exponent", "shadowing_correlation_m", "sensitivity_width_db"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be above 0")
        for name in (
            "fixture_loss_db_per_m",
            "wall_loss_db",
            "obstacle_loss_limit_db",
            "shadowing_sd_db",
            "receiver_offset_sd_db",
        ):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be 0 or more")
        if not 0 <= self.best_reception <= 1:
            raise ValueError("best_reception must lie between 0 and 1")
