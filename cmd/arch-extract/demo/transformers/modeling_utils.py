from torch import nn


class PreTrainedModel(nn.Module):
    config_class = None
    main_input_name = "input_ids"

    def __init__(self, config):
        super().__init__()
        self.config = config
