"""From a record to samples: windows, splits, scaling, a dataset; judges nothing."""
