package io.aerodb.storage.metadata;

/** What a caller may have left on a connection. */
final class Traces {

    static final String NONE = TestDatabase.LOGIN + " none []";

    private Traces() {}

    /** Role and claims of the connection that answers next. */
    static String of(MetadataExecutor executor) {
        return executor.rows(
                        "SELECT format('%s %s [%s]', current_user, current_setting('role'), current_setting('request.jwt.claims', true)) AS traces",
                        row -> Columns.required(row, "traces", String.class))
                .map(rows -> rows.get(0))
                .block();
    }
}
