"""What went wrong, by kind: first what and where, then what to do. ``{…}`` are the figures of the problem."""

from collections.abc import Mapping

from posturecam.text.language import N_, figures_alone

REINSTALL = N_("install posturecam again, in its clone: pip install --force-reinstall --no-deps .")
MAKE = N_("Make one with: posturecam calibrate camera PHOTOS --out FILE.json")

PROBLEMS: Mapping[str, str] = {
    # films and cameras
    "film_does_as_well": N_("A film or a picture does as well: posturecam live --source clip.mp4"),
    "camera_busy": N_(
        "camera {number} is busy or gives no pictures. Close the program that uses it (fuser {device} names it)."
    ),
    "no_such_film": N_("no such film or picture: {path}. Check the name and the folder."),
    "film_is_folder": N_("{path} is a folder. Give a film (such as clip.mp4) or a picture."),
    "camera_stopped": N_(
        "{name} stopped giving pictures. Plug it in again, close other programs that use it, and start anew."
    ),
    "allow_camera_mac": N_(
        "Allow it in System Settings > Privacy & Security > Camera for the terminal, then start the terminal anew."
    ),
    "camera_closed": N_("camera {number} does not open. {advice}"),
    "allow_camera_windows": N_("Allow it in Settings > Privacy > Camera, and close other programs that use it."),
    "no_camera": N_("no camera was found. Plug one in. {film}"),
    "no_such_camera": N_("there is no camera {number}; there is {names}. See: posturecam cameras"),
    "no_camera_permission": N_(
        "no permission to use {device}. Do: sudo usermod -aG video $USER, log out and in again. {film}"
    ),
    "film_unplayable": N_("{source} cannot be played: damaged, empty, or not a film. Copy it anew, or save it as MP4."),
    "film_empty": N_("{source} holds not a single picture. Record it again, or copy it anew."),
    # photo files
    "dicom_packed": N_(
        "{path} is a DICOM file whose picture is packed in a way that is not read. Export the photograph as JPEG."
    ),
    "dicom_damaged": N_("{path} is a damaged DICOM file. Export the photograph anew, as JPEG."),
    "dicom_without_photo": N_(
        "{path} is a DICOM file without a photograph ({modality}). Give a photograph taken in visible light."
    ),
    "pydicom_missing": N_("{path} is a DICOM file, and pydicom is not installed. Run: pip install 'posturecam[dicom]'"),
    "export_with_camera": N_("Export it as JPEG with the camera's program."),
    "export_photograph": N_("Export the photograph as JPEG."),
    "save_as_jpeg": N_("Save it as JPEG or PNG."),
    "save_photo_in_it": N_("Save the photo in it as JPEG or PNG."),
    "kind_not_read": N_("{path} is a {kind} file, which is not read. {remedy}"),
    "raw_preview_small": N_(
        "{path} is a camera's raw photo, and the preview in it is too small to be measured "
        "({width}×{height} pixels). Export it as JPEG with the camera's program."
    ),
    "not_a_picture": N_("{path} is not a picture that can be read. Give a JPEG, PNG, HEIC, WebP, TIFF or BMP file."),
    "film_as_picture": N_(
        "{path} is a film that cannot be opened as a picture here. Give a photo, or a film that plays."
    ),
    "picture_takes_memory": N_(
        "{path} takes {size} MB when it is opened, more than {most}. Save it smaller (4 megapixels are "
        "plenty) and try again."
    ),
    "too_many_megapixels": N_(
        "{path} has more than {most} megapixels. Save it smaller (4 megapixels are plenty) and try again."
    ),
    "photo_empty": N_("{path} is empty (zero bytes). Copy the photo anew from the phone or camera."),
    "too_few_pixels": N_("{path} is only {width}×{height} pixels. Give the original photo, at least 300 pixels high."),
    "photo_is_folder": N_(
        "{path} is a folder. Give a photo, or score the whole folder with: posturecam batch {path} --out DIR"
    ),
    "not_plain_file": N_("{path} is not a plain file. Give a photo (JPEG, PNG, HEIC, WebP, TIFF or BMP)."),
    "file_too_large": N_("{path} is larger than {most} MB. Save it smaller (4 megapixels are plenty) and try again."),
    "no_such_photo": N_("no such file: {path}. Check the name and the folder."),
    "photo_unreadable": N_("{path} cannot be read: {strerror}. Check its permissions or copy it anew."),
    "photo_damaged": N_("{path} is damaged or cut short ({first_line}). Copy the photo anew from the phone or camera."),
    "no_photo_kind": N_(
        "a photo cannot be taken from {kind}. Give a path, the bytes of a file, an array or a picture of Pillow's."
    ),
    "array_is_no_photo": N_(
        "an array of shape {shape} and type {kind} is no photo. Give (height, width, 3) numbers of uint8, red first."
    ),
    # what is known of the scene
    "distance_makes_no_sense": N_(
        "--distance {far_m:g} makes no sense. Give how far the camera stood from the person in metres, such as 3."
    ),
    "height_makes_no_sense": N_(
        "a body height of {height_cm:g} cm makes no sense. Give the person's height in centimetres, such as 172."
    ),
    "plumb_ends_close": N_(
        "{shown}: the ends lie {length:.0f} pixels apart. Give two points, one far above the other."
    ),
    "plumb_across": N_("{shown} runs across the photo. Give the upper and the lower end of a plumb line."),
    "plumb_makes_no_sense": N_(
        "--plumb {text} makes no sense. Give four numbers: the two ends of a plumb line in pixels, X1,Y1,X2,Y2."
    ),
    # the camera's profile
    "photos_of_several_sizes": N_(
        "the photos have different sizes ({shown}). Give photos of one camera, held the same way, unzoomed."
    ),
    "board_found_rarely": N_(
        "the board was found in {count} of {count2} photos, and {least_photos} are needed. Take 8 to 12 "
        "sharp ones: the flat board large in the picture, in all corners, tilted every way."
    ),
    "corners_cover_little": N_(
        "corners were seen in {share:.0%} of the picture only. Take more photos, with the board in every corner."
    ),
    "focal_known_to": N_("the focal length is known to {focal_sigma:.1%} only"),
    "photos_too_alike": N_("the photos are too alike: {known}. Tilt the board more, every way."),
    "board_fits_badly": N_("the board fits badly ({error_px:.1f} pixels off). Glue it flat, and take sharper photos."),
    "camera_profile_of_other_kind": N_("--camera {path} is of another kind ({schema}). {make}"),
    "camera_of_other_shape": N_(
        "--camera was made for photos of {made} pixels and this one has {here}, which is another shape. "
        "Use a profile of this camera, held the same way and with the same zoom."
    ),
    "camera_file_unreadable": N_("--camera {path} cannot be read: {strerror}. {make}"),
    "no_camera_profile": N_("--camera {path} is not a camera profile. {make}"),
    # finding people
    "nobody_found": N_(
        "nobody was found in {name}. Show the whole body, head to feet, alone, in good light, 3 to 4 m "
        "away; where the person is small in the picture, crop it around them. Legs without head and "
        "shoulders are not found. See: posturecam guide"
    ),
    "passes_make_no_sense": N_("--passes {passes} makes no sense. Give 1, or an even number such as {default_passes}."),
    "too_many_passes": N_(
        "--passes {passes} is more than helps. Give at most {most_passes}; {default_passes} are plenty."
    ),
    "person_unknown": N_("--person {wanted} is unknown. Give largest, center, or a number counted from the left."),
    "only_so_many": N_("only {count} found in {name}"),
    "no_such_person": N_("--person {wanted}: {found}. Give a number from 1 to {count}, or leave it away."),
    "view_contradicted": N_("{name} {against}. Say another view, or none."),
    "shows_face": N_("shows a face, so it is no back view"),
    "shows_other_view": N_("shows {seen}, not {wanted}"),
    "not_still_enough": N_(
        "{seen} in {name} for {least_still_s:.0f} s. Film the whole body standing quietly. See: posturecam guide"
    ),
    "nobody_whole": N_("nobody is seen whole"),
    "nobody_still": N_("nobody stands still"),
    "view_name_missing": N_(
        '--view {text!r}: a name is missing. Give NAME=VIEW, such as "IMG_2*.jpg=back, anna/*=front".'
    ),
    "view_unknown": N_("--view {view} is unknown. Give one of: {names}."),
    # models
    "bundle_not_accepted": N_("{name} is not a pose bundle that the engine accepts ({splitlines}). "),
    "give_bundle": N_("Give a BlazePose .task file, or leave --model away."),
    "model_not_shipped": N_("the model {name} is not part of this installation; {reinstall}"),
    "model_damaged": N_("{path} is damaged: its sha256 is {found}, expected {sha256}; {reinstall}"),
    "model_file_refused": N_(
        "--model {path}: {fault}; name a BlazePose bundle (.task), such as pose_landmarker_heavy.task"
    ),
    "network_compressed": N_("{name} in it is compressed, the engine reads uncompressed bundles only"),
    "not_a_network": N_("{name} in it is not a TensorFlow Lite network"),
    "no_pose_model": N_("no pose model is installed: {record} is missing or damaged; {reinstall}"),
    "model_file_unreadable": N_("--model {path}: {strerror}; name a BlazePose bundle (.task)"),
    "not_a_bundle": N_("not a model bundle, or a damaged one ({error})"),
    "bundle_without": N_("a bundle without {names}"),
    # points placed by hand
    "no_such_point": N_("--place {strip!r} is no point of the body. {hint} All names: posturecam analyze --help"),
    "did_you_mean": N_("Did you mean {names}?"),
    "give_a_point": N_("Give one of: c7, t3, left_asis, right_psis, left_hip …"),
    "place_empty": N_(
        '--place {path} holds no points. Give a list such as [{{"name": "left_asis", "x": 312, "y": 540}}].'
    ),
    "place_row_wrong": N_("--place {where}: {row} is no point. Give an object with name, x and y."),
    "two_places": N_("{x:g},{y:g} and {x2:g},{y2:g}"),
    "placed_twice": N_("--place {name} was given twice, at {places}. Give one place for each point."),
    "placed_outside": N_(
        "--place {name}={x:g},{y:g} lies outside the picture of {size_px} × {size_px2} pixels. Count "
        "pixels of the upright photo, from its top left corner."
    ),
    "place_makes_no_sense": N_("--place {text} makes no sense. Give a name and its pixels, such as left_asis=312,540."),
    "place_unreadable": N_(
        "--place {path} is neither NAME=X,Y nor a file that can be read ({strerror}). Give "
        "left_asis=312,540, or a JSON file of points."
    ),
    "place_not_json": N_(
        '--place {path} is not JSON. Give a list such as [{{"name": "left_asis", "x": 312, "y": 540}}].'
    ),
    "point_of_file": N_("{path}, point {number}"),
    "place_figures_wrong": N_(
        "--place {where} ({name}): x and y are pixels, error_px is above 0, source is {hand} or "
        "{sticker}. Mend that entry."
    ),
    # stickers
    "colour_unknown": N_("--stickers {text!r} is no colour. {hint}Give {names}, or the colour itself as #rrggbb."),
    "did_you_mean_colour": N_("Did you mean {near}? "),
    "sample_outside": N_("the point {x:g},{y:g} lies outside the picture. Click on one of the stickers."),
    "colour_grey": N_(
        "the colour {words} is nearly grey, so stickers of it cannot be told apart. Use a strong colour, "
        "or white or black."
    ),
    # the run
    "show_whole_body": N_("Show the whole body from head to feet. See: posturecam guide"),
    "nothing_measured": N_("nothing can be measured in {name}: {reasons}. {advice}"),
    "nobody_stands_in_film": N_(
        "nobody stands whole and still in {name}. Show the whole body, head to feet. See: posturecam guide"
    ),
    "took_too_long": N_("reading or measuring it took longer than {limit_s:g} s"),
    "took_too_much": N_("it took more memory than a photo may have ({most:.1f} GB)"),
    "timeout_makes_no_sense": N_("--timeout {asked_s:g} makes no sense. Give the seconds that one photo may take."),
    "photo_overdue": N_(
        "posturecam: {name}: {reason}. Open it and save it anew with another program, or give it more "
        "time: --timeout SECONDS"
    ),
    "interrupted": N_("posturecam: interrupted"),
    # a folder's run
    "changed_meanwhile": N_("{path} was changed while it was read. Run the same command again."),
    # made of others
    "bundle_refused": figures_alone("{found}{remedy}"),
    "model_unreadable": figures_alone("{path}: {strerror}; {reinstall}"),
}
