// One item of a correlation: the ring of packed slices moves through the item's output times.

// How often the outputs of one or two times fetch ahead.
static int64_t blocks_of(const Job* job, const Tile& tile) {
    const int64_t vectors = (tile.columns + LANES - 1) / LANES;
    if (job->rows_family) return job->outputs * ((tile.rows + ROWS - 1) / ROWS) * vectors;
    return (job->outputs + MOST_OUTPUTS - 1) / MOST_OUTPUTS * tile.rows;
}

static void correlate(const Job* job, const Item* item, float* scratch) {
    const Tile tile = tile_of(job, item);
    int64_t packed = 0;
    for (int64_t time = tile.begin; time < tile.end;) {
        const int64_t steps = job->pair_steps && time + 1 < tile.end ? 2 : 1;
        const int64_t low = time * job->t.step + job->t.lowest;
        const int64_t high = low + (steps - 1) * job->t.step + job->t.span - 1;
        packed = pack_until(job, item, packed, low, high, scratch);
        Ahead ahead = ahead_of(job, item, packed, steps * job->t.step, blocks_of(job, tile));
        switch (job->rows_family) {
        case 3: rows_all<3>(job, item, tile, scratch, time, steps, ahead); break;
        case 5: rows_all<5>(job, item, tile, scratch, time, steps, ahead); break;
        case 7: rows_all<7>(job, item, tile, scratch, time, steps, ahead); break;
        default: taps_all(job, item, tile, scratch, time, ahead); break;
        }
        if (job->activated) activate_tile(job, item, tile, time, steps);
        time += steps;
    }
    if (job->stream) finish_stores();
}
