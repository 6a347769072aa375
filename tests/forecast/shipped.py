"""Where the small real records of the package are."""

from __future__ import annotations

from pathlib import Path

import convwise

FOLDER = Path(convwise.__file__).parent / "examples" / "data"
ERA5 = str(FOLDER / "era5_t2m.nc")
SST = str(FOLDER / "sst_ersst5.nc")
RAIN = str(FOLDER / "mrms_rain.nc")
