package io.aerodb.storage.metadata;

import io.aerodb.storage.metadata.MetadataException.Kind;
import io.r2dbc.postgresql.api.ErrorDetails;
import io.r2dbc.postgresql.api.PostgresqlException;
import java.util.Set;

/** One table: SQLSTATE (PostgreSQL, appendix A; AS… are raised by our functions) to kind. */
final class MetadataFailures {

    /**
     * Cached plan must not change result type; datatype mismatch; invalid function definition: what a statement says that was
     * planned before a migration gave a table more columns, and ran after it. When it is sent again it is planned anew.
     */
    private static final Set<String> OUTDATED_PLAN = Set.of("0A000", "42804", "42P13");

    private MetadataFailures() {}

    static MetadataException notSent(Throwable failure) {
        return new MetadataException(Kind.UNAVAILABLE, "no database connection: " + failure.getMessage(), failure);
    }

    /** Whether the same statement, which was rolled back, may well succeed at once. */
    static boolean passing(Throwable failure) {
        return failure instanceof MetadataException known
                && (known.kind() == Kind.CONFLICT
                        || known.getCause() instanceof PostgresqlException answer
                                && OUTDATED_PLAN.contains(
                                        answer.getErrorDetails().getCode()));
    }

    static MetadataException translated(Throwable failure) {
        if (failure instanceof MetadataException translated) {
            return translated;
        }
        if (failure instanceof PostgresqlException answer && rolledBack(answer.getErrorDetails())) {
            return fromServer(answer.getErrorDetails(), failure);
        }
        return new MetadataException(Kind.UNANSWERED, "the database's answer was lost: " + failure, failure);
    }

    /** FATAL, PANIC, 57P0x and 08xxx end the session, and what it was doing may or may not have been committed. */
    private static boolean rolledBack(ErrorDetails details) {
        return "ERROR".equals(details.getSeverityNonLocalized())
                && !details.getCode().startsWith("08")
                && !details.getCode().startsWith("57P0");
    }

    private static MetadataException fromServer(ErrorDetails details, Throwable cause) {
        Kind kind = kindOf(details);
        String message = "%s (SQLSTATE %s)".formatted(details.getMessage(), details.getCode());
        long limit =
                kind == Kind.SIZE ? details.getDetail().map(Long::parseLong).orElse(0L) : 0;
        return new MetadataException(kind, message, cause, limit);
    }

    private static Kind kindOf(ErrorDetails details) {
        String sqlState = details.getCode();
        if (sqlState.startsWith("53")) { // insufficient resources: disk, memory, connections
            return Kind.UNAVAILABLE;
        }
        return switch (sqlState) {
            case "42501" -> deniedBy(details.getColumnName().orElse(""));
            case "23505", "ASC01" -> Kind.EXISTS;
            case "ASC02" -> Kind.PRECONDITION;
            case "23503" -> Kind.REFERENCED;
            case "23514", "22021", "22P05" -> Kind.INVALID; // a check; NUL and the like in text, in jsonb
            case "ASL01" -> Kind.SIZE;
            case "ASL02" -> Kind.TYPE;
            case "ASU01" -> Kind.LINK_SPENT;
            case "ASB01" -> Kind.SWEPT;
            case "40001", "40P01" -> Kind.CONFLICT;
            case "57014", "55P03" -> Kind.TIMED_OUT;
            case "25006" -> Kind.UNAVAILABLE; // a standby, after a fail-over
            default -> Kind.FAILED;
        };
    }

    /** @param column of a bucket that only service_role sets, or empty */
    private static Kind deniedBy(String column) {
        return switch (column) {
            case "backend" -> Kind.BACKEND_DENIED;
            case "redirect_reads_from" -> Kind.REDIRECTS_DENIED;
            default -> Kind.DENIED;
        };
    }
}
