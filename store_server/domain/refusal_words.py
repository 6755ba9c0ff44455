"""The English of what the draft refuses a manager: beside ``problem_words``, and said in the same ways."""

from __future__ import annotations

from collections.abc import Mapping

REFUSALS: Mapping[str, str] = {
    # A draft that is shared.
    "draft.gone": "The draft was published or thrown away meanwhile. Load the plan again.",
    "draft.moved_on": "Somebody edited the plan meanwhile. Look at it again.",
    "draft.changed": "Somebody changed {shapes} meanwhile. Your step was not saved: look at theirs first.",
    "draft.changed_what_it_touches": (
        "Somebody changed what it touches meanwhile. Your step was not saved: look at theirs first."
    ),
    "draft.full": "The plan would hold more shapes than a plan can. Nothing was changed.",
    "draft.may_not_publish": "You may edit the plan; publishing it is for somebody who has the right to.",
    "draft.nothing_to_publish": "There is nothing to publish: the draft is the same as version {version}.",
    "draft.errors": "The plan has {count} errors; the first: {first}",
    "draft.unusable": "The plan cannot be used: {first}",
    "draft.steps_of_others": "The draft holds steps of {authors}. Ask somebody who may publish.",
    "draft.no_such_version": "No version {version} of the plan was published.",
    "draft.no_mend": "This cannot be mended by itself, or is no longer there: do it by hand.",
    "draft.no_floor": "Nobody can stand on this level: draw its outline first.",
    # One step.
    "edit.empty": "The step changes nothing. Nothing was changed.",
    "edit.other_geometry": "A shape can be moved, but not made a point, a line or an area. Nothing was changed.",
    "edit.ends_first": "{shape} ends before it begins: set its end after its beginning. Nothing was changed.",
    "edit.key_taken": "Another {feature_type} has the key {name}: choose one that is free. Nothing was changed.",
    "edit.node_taken": "Another scanner node has the node key {name}: choose one that is free. Nothing was changed.",
    "edit.kiosk_taken": "Another kiosk has the kiosk key {name}: choose one that is free. Nothing was changed.",
    # Any request.
    "request.not_allowed": "This is not allowed.",
    "request.too_large": "The request is too large.",
    "request.failed": "Something went wrong here. It was noted; please try again.",
    # A picture to trace, and its scale.
    "picture.gone": "This picture is no longer there.",
    "picture.not_imported": "A picture is traced, not imported: put it under the plan.",
    "picture.too_large": "The picture is larger than {most_mb} MB: save it smaller.",
    "picture.too_many_pixels": (
        "The picture is {width_px} x {height_px} pixels; {most_millions} million together are the most. Save it smaller."
    ),
    "picture.broken": "The picture is broken or cut short: save it again as PNG.",
    "picture.svg": "SVG is not taken, because it can hold programs: save it as PNG.",
    "picture.of_another_kind": "This is a {kind}: save it as PNG.",
    "picture.unknown_kind": "This is neither PNG nor JPEG: save the picture as PNG.",
    "picture.more_than_a_picture": "More than a picture is in this file: open it and save it again as PNG.",
    "scale.too_near": "The two points lie too near each other: measure something longer.",
    "scale.same_slant": "The measures have nearly the same slant: measure one along the picture and one across it.",
    "scale.contradicts": "The lengths contradict each other: check the numbers and the points.",
}
