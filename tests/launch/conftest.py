"""Some of these need git, root, debootstrap or buildah; where one is missing they aren't collected."""

from launch import bare, checkout, images

collect_ignore = [
    *(checkout.TESTS if checkout.WHY_NOT else ()),
    *(("test_bare_debian.py",) if bare.WHY_NOT else ()),
    *(("test_images.py",) if images.WHY_NOT else ()),
]
