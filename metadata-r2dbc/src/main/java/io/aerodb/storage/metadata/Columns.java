package io.aerodb.storage.metadata;

import io.r2dbc.spi.Parameter;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcType;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Columns that are never null, and parameters that may be. */
final class Columns {

    private Columns() {}

    static <T> T required(Readable row, String column, Class<T> type) {
        return Objects.requireNonNull(row.get(column, type), column);
    }

    static Parameter text(@Nullable String value) {
        return value == null ? Parameters.in(R2dbcType.VARCHAR) : Parameters.in(value);
    }

    static Parameter integer(@Nullable Integer value) {
        return value == null ? Parameters.in(R2dbcType.INTEGER) : Parameters.in(value);
    }

    static Parameter uuid(@Nullable UUID value) {
        return value == null ? Parameters.in(UUID.class) : Parameters.in(value);
    }

    static Parameter instant(@Nullable Instant value) {
        return value == null ? Parameters.in(R2dbcType.TIMESTAMP_WITH_TIME_ZONE) : Parameters.in(value);
    }

    /** For parameters that are {@code double precision}. */
    static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    static Parameter bigint(@Nullable Long value) {
        return value == null ? Parameters.in(R2dbcType.BIGINT) : Parameters.in(value);
    }
}
