__name__ = "pprint"

from builtins import repr


def pformat(object, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True, underscore_numbers=False):
    return repr(object)


def pprint(object, *args, **kwargs):
    pass
