package io.aerodb.storage.metadata;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** The gateway's own side of the ledger of blobs: leases and what becomes of uploads that failed. */
public final class BlobLedger {

    private final MetadataExecutor executor;

    /** @param executor best one with connections of its own, so that cleaning up does not wait behind requests */
    public BlobLedger(MetadataExecutor executor) {
        this.executor = executor;
    }

    /**
     * Gives up an unfinished blob. True when it was still unfinished: then nobody will ever refer to it, and its bytes may
     * be deleted at once; from now on the collector would do it too.
     */
    public Mono<Boolean> abandon(String blobKey) {
        return executor.row(
                MetadataExecutor.NOT_SYNCED + "storage_private.blob_abandon($1) AS abandoned",
                row -> Columns.required(row, "abandoned", Boolean.class),
                blobKey);
    }

    /** Forgets garbage whose bytes are gone. */
    public Mono<Void> forget(String blobKey) {
        return executor.run(MetadataExecutor.NOT_SYNCED + "storage_private.blob_forget($1)", blobKey);
    }

    /**
     * Notes that the bytes of a blob are missing or not what was stored, with an event for each object that has it. True when
     * that is news; false when it was known, or nobody refers to the blob any more.
     */
    public Mono<Boolean> corrupt(String blobKey) {
        return executor.row(
                "SELECT storage_private.blob_corrupt($1) AS news",
                row -> Columns.required(row, "news", Boolean.class),
                blobKey);
    }

    /** Takes or renews the lease of a gateway instance. */
    public Mono<Void> beat(UUID instance, String build, Duration deadAfter) {
        return executor.run(
                "SELECT storage_private.instance_beat($1, $2, $3)", instance, build, Columns.seconds(deadAfter));
    }

    /** Ends the lease: whatever the instance left unfinished may be swept. */
    public Mono<Void> end(UUID instance) {
        return executor.run("SELECT storage_private.instance_end($1)", instance);
    }

    /** Ends the leases of all others, who are dead for sure. */
    public Mono<Void> endOthers(UUID instance) {
        return executor.run("SELECT storage_private.end_others($1)", instance);
    }

    /** The volume that the files of a backend lie on; from now on this one, when there was none. */
    public Mono<UUID> bindVolume(String backend, UUID volume) {
        return executor.row(
                "SELECT storage_private.bind_volume($1, $2) AS volume",
                row -> Columns.required(row, "volume", UUID.class),
                backend,
                volume);
    }

    /** The backends that hold blobs of this database and are none of these. */
    public Mono<List<String>> missedBackends(Collection<String> configured) {
        return executor.row(
                "SELECT storage_private.backends_missed($1) AS missed",
                row -> List.of(Columns.required(row, "missed", String[].class)),
                (Object) configured.toArray(String[]::new));
    }

    /** The identity of this database. */
    public Mono<UUID> installation() {
        return executor.row(
                "SELECT storage_private.installation() AS installation",
                row -> Columns.required(row, "installation", UUID.class));
    }
}
