"""The English of what can be wrong with a plan, each sentence once: what the command line says, and a screen that has no other.

A screen says the same from its own catalogue (``problem.<message>``), in its reader's language; ``tests/domain``
holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Mapping

from store_server.domain.refusal_words import REFUSALS

Figure = float | str

TEMPLATES: Mapping[str, str] = {
    # The file as a whole.
    "not_a_plan.too_large": "The file holds more than a plan can ({most_mb} MB, {most_values:,} values): is it the right file?",
    "not_a_plan.not_utf8": "This is not text in UTF-8: save it as UTF-8 JSON.",
    "not_a_plan.not_json": "This is not JSON: it goes wrong in line {line}, column {column}.",
    "not_a_plan.too_deep": "This JSON is nested too deeply or holds a number of thousands of digits.",
    "not_a_plan.no_features": "This is not a FeatureCollection: a plan is a JSON object with a list called features.",
    "not_a_plan.too_many_features": "The plan has {count:,} features; {most:,} is the most.",
    "not_a_plan.too_many_fields": "An object of this file has more than {most} fields: is it the right file?",
    "not_a_plan.no_numbers": "Coordinates are nested too deeply, or no numbers of this world.",
    "not_a_plan.no_coordinates": "The file holds no shape with coordinates.",
    "not_a_plan.no_degrees": (
        "{shape} lies at {x:.6g}, {y:.6g}, which are no degrees, "
        "and the file has no crs_local that says they are metres: add one."
    ),
    "not_a_plan.origin_no_degrees": (
        "The plan lies at {x:.6g}, {y:.6g}, which are no degrees, "
        "and the file has no crs_local that says they are metres: add one."
    ),
    "not_a_plan.nothing_usable": "The file holds no shape a floorplan has a place for.",
    "not_a_plan.picture": "A picture holds no shapes: put it under the plan and trace it.",
    # A field. ``where`` is a path as the file writes it, after the feature it is in.
    "bad_form.missing": "{where}: this field is missing: add it.",
    "bad_form.finite_number": "{where}: this must be a number, not NaN or infinite.",
    "bad_form.unknown_type": (
        "{where}: Aisleway does not know this feature_type: use level, section, fixture, opening, amenity, kiosk, ..."
    ),
    "bad_form.no_type": "{where}: it has no feature_type: add it.",
    "bad_form.too_many": "{where}: too many of them: draw it with fewer.",
    "bad_form.too_few": "{where}: there must be at least {least}.",
    "bad_form.unknown_field": "{where}: the format does not have this field: take it out.",
    "bad_form.letters": "{where}: it holds a character that is not allowed here.",
    "bad_form.number": "{where}: this must be a number.",
    "bad_form.whole_number": "{where}: this must be a whole number.",
    "bad_form.text": "{where}: this must be text.",
    "bad_form.list": "{where}: this must be a list.",
    "bad_form.object": "{where}: this must be an object with fields.",
    "bad_form.truth": "{where}: this must be true or false.",
    "bad_form.one_of": "{where}: this must be one of {expected}.",
    "bad_form.at_most": "{where}: this must be at most {most:.15g}.",
    "bad_form.at_least": "{where}: this must be at least {least:.15g}.",
    "bad_form.below": "{where}: this must be less than {bound:.15g}.",
    "bad_form.above": "{where}: this must be more than {bound:.15g}.",
    "bad_form.too_long_text": "{where}: this may have at most {most} characters.",
    "bad_form.too_short_text": "{where}: this must have at least {least} characters.",
    "bad_form.open_ring": "{where}: a ring ends where it begins: repeat the first position at the end.",
    "bad_form.other": "{where}: {fault}.",
    "bad_form.too_many_fields": "{where}: more than {most} fields in one object: take out what is not needed.",
    "bad_form.too_many_positions": "{where}: more than {most} positions in one ring: draw it with fewer.",
    "bad_form.no_numbers": "{where}: coordinates are nested too deeply, or no numbers of this world.",
    "bad_form.drawing_says_little": (
        "A drawing does not say what its shelves and doors are: look at their categories, names and heights."
    ),
    # A file of another tool, read shape by shape, and its size.
    "import.unread": "Left out, as they cannot be read: {count} of {total} shapes.",
    "import.ring_closed": "Outlines that did not end where they began were closed ({count}): {shapes}",
    "import.line_closed": "Areas drawn as lines are taken as areas ({count}): {shapes}",
    "import.field_left": "{field} could not be read and was left out ({count}): {shapes}",
    "import.field_given": "Filled in where it was not given: {field} ({count}): {shapes}",
    "import.id_twice": "Other shapes had the id {field} too and got one of their own ({count}): {shapes}",
    "import.key_twice": "Other shapes had the key {field} too and got another ({count}): {shapes}",
    "import.level_given": "On no level the plan has, so put on the one nearest the ground ({count}): {shapes}",
    "import.level_made": "The file has no level: {shapes} was drawn round everything. Give it its true outline.",
    "import.unknown_type": "Of type {field}, which a plan has no place for, so left out ({count}): {shapes}",
    "import.no_type": "Without a word on what it is (feature_type), so left out ({count}): {shapes}",
    "import.part_left": "Of levels in several parts the largest part was taken: {shapes}",
    "import.header_left": "What the file says as {field} could not be read and was left out.",
    "import.metres_assumed": "The coordinates are no longitudes and latitudes and are taken as metres.",
    "unlikely_size.level": "The largest level would be {size_m:,.6g} m long, which few shops are.",
    "unlikely_size.door": "Doors would be {size_m:,.6g} m wide, which few are.",
    "unlikely_size.fixture": "Fixtures would be {size_m:,.6g} m long, which few are.",
    "unlikely_size.unit": "One unit of the file is probably 1 {unit}: choose it.",
    # A drawing.
    "dxf.broken": "This DXF is broken or cut short: save it again as DXF (AutoCAD 2010 or newer).",
    "dxf.dwg": "This is DWG. Open it in AutoCAD or another CAD program, choose Save as, DXF, and import that file.",
    "dxf.too_large": "The drawing is larger than {most_mb} MB (binary: {most_binary_mb} MB).",
    "dxf.too_many_lines": "The drawing has more than {most:,} lines of text: save only the layers of the plan.",
    "dxf.none": "This is not DXF: a drawing begins with the line 0 and the line SECTION.",
    "dxf.too_many_things": (
        "It holds {things:,} things and {points:,} points; {most_things:,} and {most_points:,} are the most. "
        "Save only the layers of the plan."
    ),
    "dxf.deep_blocks": "Its blocks hold more than {most:,} lines together: purge or explode it first.",
    "dxf.too_many_points": "Its curves and blocks make more than {most:,} points: save only the layers of the plan.",
    "dxf.too_many_layers": "The drawing has {count:,} layers; {most:,} is the most. Save only those of the plan.",
    "dxf.no_unit": "The drawing does not say its unit: choose millimetres, centimetres, metres, inches or feet.",
    "dxf.no_shop": "In {unit} the drawing would be {width_m:,.6g} m wide, which no shop is: choose another unit.",
    "dxf.nothing_drawn": "The layers that were chosen hold nothing that is drawn: choose others.",
    "dxf.only_undrawn": (
        "The layers that were chosen hold nothing that is drawn (the drawing has {kinds}): choose others."
    ),
    # What of a file was left out.
    "left_out.no_type": "without a feature_type",
    "left_out.layer": "layer {layer}",
    "left_out.outlines": "outlines on {layer}",
    "left_out.further_outlines": "further outlines on {layer}",
    "left_out.points": "points on {layer}",
    "left_out.without_area": "rings without area on {layer}",
    "left_out.open_lines": "open lines on {layer}",
    "left_out.within_rings": "rings within rings on {layer}",
    "left_out.broken": "broken {kind}",
    # An IMDF archive.
    "imdf.too_large": "The archive is larger than {most_mb} MB: is it the right file?",
    "imdf.too_many_files": "The archive holds more than {most} files: an IMDF archive has fifteen.",
    "imdf.not_a_zip": "This is not a zip archive, or it is broken or cut short: pack it again.",
    "imdf.no_geojson": "The archive holds no GeoJSON file: an IMDF archive has level.geojson, unit.geojson and so on.",
    "imdf.encrypted": "{name} is encrypted: pack the archive without a password.",
    "imdf.archive_within": "{name} is an archive in the archive: pack its files themselves.",
    "imdf.twice": "{name} is there twice: keep one.",
    "imdf.unusual_packing": "{name} is packed in an unusual way: pack the archive as a plain zip.",
    "imdf.holds_too_much": "Unpacked, the archive holds more than a plan can ({most_mb} MB, {most_values:,} values).",
    # A planogram.
    "planogram.too_large": "The planogram is larger than {most_mb} MB, or holds more than {most:,} slots.",
    "planogram.not_utf8": "The planogram is not text in UTF-8: save it as UTF-8 CSV.",
    "planogram.not_csv": "The planogram is not CSV: {fault}.",
    "planogram.too_many": "Plan and planogram hold more than {most:,} shapes together.",
    "planogram.no_column": "no {missing}. Give it the columns {columns}.",
    "planogram.unknown_fixture": "slot {shape} is on fixture {fixture}, which the plan does not have.",
    "planogram.numbers": "bay, shelf, x, y, facing_x and facing_y are numbers.",
    # Structure.
    "no_level": "The plan has no level: draw the outline of the floor as a feature of type level.",
    "no_level.to_write": "The plan has no level yet: draw its outline.",
    "no_level.to_draw": "There is no level to draw: draw its outline first.",
    "duplicate_id": "{count} shapes have the id {id}: give each its own.",
    "duplicate_id.key": "{count} shapes of type {feature_type} have the key {shape}: give each its own.",
    "duplicate_id.node": "The node_key {name} is used {count} times: each device stands in one place.",
    "duplicate_id.kiosk": "The kiosk_key {name} is used {count} times: each device stands in one place.",
    "unknown_reference.level": "{shape} is on level {level}, which the plan does not have.",
    "unknown_reference.fixture": "Slot {shape} is on fixture {fixture}, which the plan does not have.",
    "unknown_reference.other_level": "Slot {shape} is on another level than its fixture.",
    "unknown_reference.no_such_level": "The plan has no level {level}.",
    "no_area": "{shape} has no area: draw it again.",
    "self_intersection": "The outline of {shape} crosses or touches itself: move the corner at fault.",
    "too_detailed.fixtures": "The plan has {count} fixtures, {most} is the most: draw a row of shelves as one.",
    "too_detailed.corners": (
        "The shapes have {count} corners together, {most} is the most: draw round things with fewer."
    ),
    "too_detailed.crossings": "The shapes cross each other too often for a floor: is it the right file?",
    "too_detailed.heap": "Too many things stand in each other to judge the shelves among them: move them apart.",
    "too_detailed.walking": "The plan has more than {most} corners to walk round: draw round things with fewer corners.",
    "too_detailed.fine": "The shapes are too finely drawn to be told apart: draw them simpler.",
    # How shapes lie to each other.
    "outside_level": "{shape} lies outside the level: move it inside, or enlarge the level.",
    "outside_level.slots": (
        "{count} slots of {fixture} lie outside the level: move them with the fixture, or enlarge the level."
    ),
    "outside_level.a_little": "{shape} sticks out of the level by less than {most_cm:.0f} cm.",
    "fixture_overlap": "{shape} and {other} stand in each other ({area_m2:.2f} m²): move one of them.",
    "fixture_overlap.a_little": "{shape} and {other} overlap by less than {most_cm:.0f} cm.",
    "aisle_through_fixture": "{shape} runs through {fixtures} for {length_m:.1f} m: nobody walks there. Draw it beside them.",
    "opening_off_outline": "{shape} does not lie on the outline: move both its ends onto it.",
    "opening_size": "{shape} is {width_m:.2f} m wide; doors are {least_m:g} to {most_m:g} m.",
    "zone_overlap": "Zones {shape} and {other} overlap by {area_m2:.2f} m²: a place can be in one zone only. Trim one.",
    "zone_gap": "{area_m2:.2f} m² of the floor belong to no zone: stretch a zone beside it, or draw one.",
    # Shelves, and ways to them.
    "slot_off_fixture.one": "{slot} lies more than {most_cm:.0f} cm from {fixture}: move it to its face.",
    "slot_off_fixture.many": (
        "{count} slots of {fixture}, side {side}, lie more than {most_cm:.0f} cm from it: move them to its face."
    ),
    "facing_into_fixture.one": "{slot}: the facing points into {other}, not at the floor. Turn it, or move {other}.",
    "facing_into_fixture.many": (
        "{count} slots of {fixture}, side {side}: the facing points into {other}, not at the floor. Turn it, or move {other}."
    ),
    "aisle_too_narrow.one": (
        "{slot}: only {width_m:.2f} m of floor before the shelf, up to {other}; {least_m:g} m are needed."
    ),
    "aisle_too_narrow.many": (
        "{count} slots of {fixture}, side {side}: only {width_m:.2f} m of floor before the shelf, "
        "up to {other}; {least_m:g} m are needed."
    ),
    "aisle_too_narrow.one_at_the_wall": (
        "{slot}: only {width_m:.2f} m of floor before the shelf, up to the outer wall; {least_m:g} m are needed."
    ),
    "aisle_too_narrow.many_at_the_wall": (
        "{count} slots of {fixture}, side {side}: only {width_m:.2f} m of floor before the shelf, "
        "up to the outer wall; {least_m:g} m are needed."
    ),
    "aisle_too_narrow.passage": (
        "The passage at {shapes} is narrower than {least_m:g} m: no wheelchair or pram comes through."
    ),
    "slot_unreachable.one": (
        "{slot} cannot be reached on foot: make room before the shelf and a way to it from an entrance."
    ),
    "slot_unreachable.many": (
        "{count} slots of {fixture}, side {side}, cannot be reached on foot: "
        "make room before the shelf and a way to it from an entrance."
    ),
    "exit_blocked.no_way": (
        "{shape} is blocked: no way leads from it to the shop. Keep {least_m:g} m of floor free inside it."
    ),
    "exit_blocked.something": (
        "{shape} is blocked: something stands before it. Keep {least_m:g} m of floor free inside it."
    ),
    "transition_alone": (
        "{shape} leads nowhere: no other level has a way called {name}. Draw it there, or clear the name."
    ),
    # Devices.
    "too_few_nodes": (
        "About {share:.0%} of the floor is within {radius_m:.0f} m of fewer than {least} nodes: "
        "no position there. Add nodes near it."
    ),
    "kiosk_without_catchment": (
        "Nobody can stand before {shape}: move its display point onto the free floor before the screen."
    ),
    # Products.
    "unknown_product.one": (
        "{products} on {fixture}: the catalogue does not know it. Import the catalogue, or clear the slots ({slots} in all)."
    ),
    "unknown_product.few": (
        "{products} on {fixture}: the catalogue does not know them. "
        "Import the catalogue, or clear the slots ({slots} in all)."
    ),
    "unknown_product.many": (
        "{products} and {more} more on {fixture}: the catalogue does not know them. "
        "Import the catalogue, or clear the slots ({slots} in all)."
    ),
    "unknown_product.everywhere": (
        "The catalogue does not know {count} products in {slots} slots of {fixtures} fixtures: {products} … "
        "Import the catalogue first."
    ),
    "product_not_placed.few": ("{count} of {total} products stand on no shelf, so nobody is led to them: {products}."),
    "product_not_placed.many": (
        "{count} of {total} products stand on no shelf, so nobody is led to them: {products} and {more} more."
    ),
    **REFUSALS,
}
"""By message: the rule it is of, or the kind of file, and which of several wordings."""

BEFORE: Mapping[str, str] = {
    "in_line": "Planogram line {in_line}: {words}",
    "in_file": "{in_file}.geojson: {words}",
}
"""What comes before the sentence where the figures have one of these as well: any message can be about a part of a file."""


def words_of(message: str, figures: Mapping[str, Figure]) -> str:
    """The sentence in English, of any length.

    >>> words_of("no_area", {"shape": "G001"})
    'G001 has no area: draw it again.'
    >>> words_of("planogram.numbers", {"in_line": 3})
    'Planogram line 3: bay, shelf, x, y, facing_x and facing_y are numbers.'
    """
    words = TEMPLATES[message].format_map(figures)
    for figure, around in BEFORE.items():
        if figure in figures:
            words = around.format(words=words, **{figure: figures[figure]})
    return words
