"""A job of the news desk: print the headline of each article named on the command line."""

import sys
from pathlib import Path

from app import briefs

for name in sys.argv[1:]:
    print(briefs().summarize(Path(name)).summary.headline.text)
