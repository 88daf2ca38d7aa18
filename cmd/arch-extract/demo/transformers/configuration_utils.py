class PreTrainedConfig:
    model_type = ""
    sub_configs = {}

    def __init__(self, **values):
        for name in values:
            raise TypeError(f"{type(self).__name__} has no value {name!r}")
