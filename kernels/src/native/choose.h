// Which level runs: the processor's best, or the one that the environment names.
#pragma once

#include "problem.h"

const Level* chosen_level(); // null: the environment names a level that is not there
