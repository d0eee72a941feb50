package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A part of a bucket, by the names of its objects.
 *
 * @param blobs those of its objects that have to be moved, each once
 * @param next the name after which the next page begins; null behind the last one
 */
public record MigrationPage(
        List<MovableBlob> blobs, @Nullable String next) {

    /** A row of the answer: the first one is a header, each further one has a blob. */
    record Row(@Nullable String name, @Nullable MovableBlob blob) {
        static Row from(Readable row) {
            boolean header = row.get("blob_key", String.class) == null;
            return new Row(row.get("name", String.class), header ? null : MovableBlob.from(row));
        }
    }

    static MigrationPage of(List<Row> rows) {
        return new MigrationPage(
                rows.stream().flatMap(row -> Stream.ofNullable(row.blob())).toList(),
                Optional.of(rows.get(0)).map(Row::name).orElse(null));
    }
}
