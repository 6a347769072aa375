// Packing: one tile of one time slice, with its zero border, into scratch. A step of s along x is
// undone here: column s * j + p of the window lies at phase p, place j, so that windows of
// neighbouring outputs are neighbours in memory.

static inline int64_t at_most(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t at_least(int64_t a, int64_t b) { return a > b ? a : b; }

static inline void clear(float* p, int64_t count) {
    for (int64_t i = 0; i < count; ++i) p[i] = 0.0f;
}

// A whole row where the step is 1: places [0, count) from columns first + j of `row` (`width` long).
// Stores are aligned: those that cross cache lines cost several times as much.
static void pack_row(float* to, const float* row, int64_t width, int64_t first, int64_t count) {
    const int64_t begin = at_most(at_least(-first, 0), count);
    const int64_t end = at_least(at_most(width - first, count), begin);
    const float* from = row + first;
    int64_t j = 0;
    for (; j + LANES <= begin; j += LANES) store(to + j, zero());
    if (j < begin) {
        store(to + j, load_part(from + j, begin - j, at_most(end - j, LANES)));
        j += LANES;
    }
    for (; j + LANES <= end; j += LANES) store(to + j, load(from + j));
    if (j < end) {
        store(to + j, load_part(from + j, 0, end - j));
        j += LANES;
    }
    for (; j < count; j += LANES) store(to + j, zero());
}

// A gradient times the derivative of the activation whose output is `kept`.
static inline float derived(const Job* job, float gradient, float kept) {
    if (job->activation == CONVWISE_TANH) return gradient * (1.0f - kept * kept);
    if (kept > 0.0f || kept != kept) return gradient;
    return job->activation == CONVWISE_RELU ? 0.0f : gradient * job->slope;
}

// One phase of one row: places [0, count) from columns first + step * j of `row` (`width` long).
template <class T>
static void pack_phase(const Job* job, float* to, const T* row, const T* mask, int64_t width,
                       int64_t first, int64_t step, int64_t count) {
    int64_t begin = first >= 0 ? 0 : (-first + step - 1) / step;
    int64_t end = first >= width ? 0 : (width - first + step - 1) / step;
    begin = at_most(begin, count);
    end = at_least(at_most(end, count), begin);
    clear(to, begin);
    clear(to + end, count - end);
    const T* from = row + first;
    if (step == 1) {
        for (int64_t j = begin; j < end; ++j) to[j] = widened(from[j]);
    } else {
        for (int64_t j = begin; j < end; ++j) to[j] = widened(from[step * j]);
    }
    if (!mask) return;
    const T* kept = mask + first;
    if (job->activation == CONVWISE_RELU) {
        for (int64_t j = begin; j < end; ++j) to[j] = widened(kept[step * j]) <= 0.0f ? 0.0f : to[j];
        return;
    }
    for (int64_t j = begin; j < end; ++j) to[j] = derived(job, to[j], widened(kept[step * j]));
}

// Places of a padded axis that are not zeros: elements that lie elsewhere in the row.
template <class T>
static void pack_border(const Axis& x, float* to, const T* row, int64_t first, int64_t step,
                        int64_t count) {
    const int64_t behind = x.border + x.inside;
    for (int64_t j = 0; j < count && first + step * j < x.border; ++j) {
        if (first + step * j >= 0) to[j] = widened(row[x.map[first + step * j]]);
    }
    int64_t j = at_least((behind - first + step - 1) / step, 0);
    for (; j < count && first + step * j < x.input; ++j) to[j] = widened(row[x.map[first + step * j]]);
}

static void pack_line(const Job* job, float* to, const float* row, const float* mask, int64_t width,
                      int64_t first, int64_t step, int64_t count) {
    if (step == 1 && !mask && count % LANES == 0) {
        pack_row(to, row, width, first, count);
    } else {
        pack_phase(job, to, row, mask, width, first, step, count);
    }
}

static void pack_line(const Job* job, float* to, const uint16_t* row, const uint16_t* mask,
                      int64_t width, int64_t first, int64_t step, int64_t count) {
    pack_phase(job, to, row, mask, width, first, step, count);
}

static inline int64_t place_of(const Axis& axis, int64_t place) {
    return axis.map ? axis.map[place] : place;
}

template <class T> static void pack_slice(const Job* job, const Item* item, int64_t slice, float* to) {
    const int64_t top = item->tile_y * job->tile_rows * job->y.step + job->y.lowest;
    const int64_t left = item->tile_x * job->tile_columns * job->x.step + job->x.lowest;
    const Strides& by = job->source_strides;
    const Axis& x = job->x;
    const int64_t count = x.step == 1 ? job->pitch : job->phase_pitch;
    for (int64_t c = 0; c < job->inputs; ++c) {
        const int64_t base = item->n * by.n + (item->group * job->inputs + c) * by.c +
                             place_of(job->t, slice) * by.t;
        for (int64_t r = 0; r < job->slice_rows; ++r, to += job->pitch) {
            const int64_t row = top + r;
            if (row < 0 || row >= job->y.input) {
                clear(to, job->pitch);
                continue;
            }
            const int64_t at = base + place_of(job->y, row) * by.y;
            const T* from = static_cast<const T*>(job->source) + at;
            const T* mask = job->mask ? static_cast<const T*>(job->mask) + at : nullptr;
            for (int64_t p = 0; p < x.step; ++p) {
                float* phase = to + p * job->phase_pitch;
                pack_line(job, phase, from, mask, x.inside, left - x.border + p, x.step, count);
                if (x.map) pack_border(x, phase, from, left + p, x.step, count);
            }
        }
    }
}

// The slices [low, high] that the outputs at hand read and that are not packed yet.
static int64_t pack_until(const Job* job, const Item* item, int64_t packed, int64_t low,
                          int64_t high, float* scratch) {
    const int64_t last = at_most(high, job->t.input - 1);
    for (int64_t s = at_least(at_least(packed, low), 0); s <= last; ++s) {
        float* to = scratch + (s % job->ring) * job->inputs * job->plane;
        if (job->bfloat16) {
            pack_slice<uint16_t>(job, item, s, to);
        } else {
            pack_slice<float>(job, item, s, to);
        }
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

// The element of the target where a tile of one channel and time begins.
static inline int64_t target_at(const Job* job, const Item* item, const Tile& tile, int64_t channel,
                                int64_t time) {
    const Strides& by = job->target_strides;
    return item->n * by.n + (item->group * job->outputs + channel) * by.c + time * by.t +
           tile.row * by.y + tile.column * by.x;
}

// The source of the slices to be packed next, fetched into the cache a little at every block of
// outputs: memory works while the registers do.
struct Ahead {
    const Job* job;
    int64_t base, slice, slices, channel, row, rows, line, lines, per_line, share;
};

static Ahead ahead_of(const Job* job, const Item* item, int64_t slice, int64_t slices,
                      int64_t blocks) {
    Ahead ahead{};
    const Strides& by = job->source_strides;
    const int64_t top = item->tile_y * job->tile_rows * job->y.step + job->y.lowest - job->y.border;
    const int64_t left =
        item->tile_x * job->tile_columns * job->x.step + job->x.lowest - job->x.border;
    const int64_t first = at_least(top, 0), start = at_least(left, 0);
    const int64_t end = at_most(left + job->x.step * job->phase_pitch, job->x.inside);
    ahead.job = job;
    ahead.per_line = job->bfloat16 ? 32 : 16;
    ahead.rows = at_most(top + job->slice_rows, job->y.inside) - first;
    ahead.lines = (end - start + ahead.per_line - 1) / ahead.per_line;
    ahead.slice = slice;
    ahead.slices = at_most(slice + slices, job->t.input);
    if (ahead.rows <= 0 || ahead.lines <= 0 || slice >= ahead.slices || slice < 0) {
        ahead.slice = ahead.slices;
        return ahead;
    }
    ahead.base = item->n * by.n + item->group * job->inputs * by.c + first * by.y + start;
    const int64_t all = (ahead.slices - slice) * job->inputs * ahead.rows * ahead.lines;
    ahead.share = all / at_least(blocks, 1) + 1;
    return ahead;
}

static inline void fetch(Ahead& ahead) {
    const Job* job = ahead.job;
    const Strides& by = job->source_strides;
    for (int64_t left = ahead.share; left > 0 && ahead.slice < ahead.slices;) {
        const int64_t row = ahead.base + place_of(job->t, ahead.slice) * by.t +
                            ahead.channel * by.c + ahead.row * by.y;
        const char* from = element(job, job->source, row);
        const int64_t end = at_most(ahead.line + left, ahead.lines);
        left -= end - ahead.line;
        for (; ahead.line < end; ++ahead.line) __builtin_prefetch(from + 64 * ahead.line, 0, 2);
        if (ahead.line < ahead.lines) return;
        ahead.line = 0;
        if (++ahead.row < ahead.rows) continue;
        ahead.row = 0;
        if (++ahead.channel < job->inputs) continue;
        ahead.channel = 0;
        ++ahead.slice;
    }
}
