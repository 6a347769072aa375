// Packing: one tile of one time slice, with its zero border, into scratch. A step of s along x is
// undone here: column s * j + p of the window lies at phase p, place j, so that windows of
// neighbouring outputs are neighbours in memory.

static inline int64_t at_most(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t at_least(int64_t a, int64_t b) { return a > b ? a : b; }

static inline void clear(float* p, int64_t count) {
    for (int64_t i = 0; i < count; ++i) p[i] = 0.0f;
}

// One phase of one row: places [0, count) from columns first + step * j of `row` (`width` long).
static void pack_phase(float* to, const float* row, const float* mask, int64_t width,
                       int64_t first, int64_t step, int64_t count) {
    int64_t begin = first >= 0 ? 0 : (-first + step - 1) / step;
    int64_t end = first >= width ? 0 : (width - first + step - 1) / step;
    begin = at_most(begin, count);
    end = at_least(at_most(end, count), begin);
    clear(to, begin);
    clear(to + end, count - end);
    if (step == 1 && !mask) {
        int64_t j = begin;
        for (; j + LANES <= end; j += LANES) store(to + j, load(row + first + j));
        for (; j < end; ++j) to[j] = row[first + j];
    } else if (!mask) {
        for (int64_t j = begin; j < end; ++j) to[j] = row[first + step * j];
    } else {
        for (int64_t j = begin; j < end; ++j) {
            const int64_t at = first + step * j;
            to[j] = mask[at] <= 0.0f ? 0.0f : row[at];
        }
    }
}

static void pack_slice(const Job* job, const Item* item, int64_t slice, float* scratch) {
    const int64_t top = item->tile_y * job->tile_rows * job->y.step + job->y.lowest;
    const int64_t left = item->tile_x * job->tile_columns * job->x.step + job->x.lowest;
    const Strides& by = job->source_strides;
    float* to = scratch + (slice % job->ring) * job->inputs * job->plane;
    for (int64_t c = 0; c < job->inputs; ++c) {
        const int64_t base = item->n * by.n + (item->group * job->inputs + c) * by.c + slice * by.t;
        for (int64_t r = 0; r < job->slice_rows; ++r, to += job->pitch) {
            const int64_t row = top + r;
            if (row < 0 || row >= job->y.input) {
                clear(to, job->pitch);
                continue;
            }
            const float* from = job->source + base + row * by.y;
            const float* mask = job->mask ? job->mask + base + row * by.y : nullptr;
            for (int64_t p = 0; p < job->x.step; ++p) {
                pack_phase(to + p * job->phase_pitch, from, mask, job->x.input, left + p,
                           job->x.step, job->phase_pitch);
            }
        }
    }
}

// The slices [low, high] that the outputs at hand read and that are not packed yet.
static int64_t pack_until(const Job* job, const Item* item, int64_t packed, int64_t low,
                          int64_t high, float* scratch) {
    const int64_t last = at_most(high, job->t.input - 1);
    for (int64_t s = at_least(at_least(packed, low), 0); s <= last; ++s) {
        pack_slice(job, item, s, scratch);
    }
    return at_least(packed, last + 1);
}

static inline const float* slice_at(const Job* job, const float* scratch, int64_t slice) {
    return scratch + (slice % job->ring) * job->inputs * job->plane;
}

// Where an item lies on the output.
struct Tile {
    int64_t row, rows, column, columns, begin, end;
};

static Tile tile_of(const Job* job, const Item* item) {
    Tile tile;
    tile.row = item->tile_y * job->tile_rows;
    tile.rows = at_most(job->tile_rows, job->y.output - tile.row);
    tile.column = item->tile_x * job->tile_columns;
    tile.columns = at_most(job->tile_columns, job->x.output - tile.column);
    tile.begin = item->chunk * job->chunk;
    tile.end = at_most(tile.begin + job->chunk, job->t.output);
    return tile;
}

static inline float* target_at(const Job* job, const Item* item, const Tile& tile, int64_t channel,
                               int64_t time) {
    const Strides& by = job->target_strides;
    return job->target + item->n * by.n + (item->group * job->outputs + channel) * by.c +
           time * by.t + tile.row * by.y + tile.column * by.x;
}

// `count` lanes of `v` to `p`, `step` elements apart.
static inline void put(float* p, int64_t step, Vec v, int64_t count, int32_t clamp) {
    if (clamp) v = relu(v);
    if (step == 1) {
        if (count >= LANES) {
            store(p, v);
        } else {
            store_first(p, v, count);
        }
        return;
    }
    float lanes[LANES];
    store(lanes, v);
    for (int64_t i = 0; i < at_most(count, LANES); ++i) p[i * step] = lanes[i];
}
