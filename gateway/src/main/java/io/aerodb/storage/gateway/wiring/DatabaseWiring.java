package io.aerodb.storage.gateway.wiring;

import io.aerodb.storage.gateway.wiring.Database.Credentials;
import io.aerodb.storage.metadata.BlobLedger;
import io.aerodb.storage.metadata.BucketRepository;
import io.aerodb.storage.metadata.ChangeSignal;
import io.aerodb.storage.metadata.ConnectionPools;
import io.aerodb.storage.metadata.EventLog;
import io.aerodb.storage.metadata.FenceRepository;
import io.aerodb.storage.metadata.GarbageRepository;
import io.aerodb.storage.metadata.LinkRepository;
import io.aerodb.storage.metadata.LoginRoleCheck;
import io.aerodb.storage.metadata.MetadataException;
import io.aerodb.storage.metadata.MetadataException.Kind;
import io.aerodb.storage.metadata.MetadataExecutor;
import io.aerodb.storage.metadata.MigrationRepository;
import io.aerodb.storage.metadata.ObjectChanges;
import io.aerodb.storage.metadata.ObjectListing;
import io.aerodb.storage.metadata.ObjectRepository;
import io.aerodb.storage.metadata.ObjectRights;
import io.aerodb.storage.metadata.OperationObserver;
import io.aerodb.storage.metadata.OrphanRepository;
import io.aerodb.storage.metadata.SchemaCheck;
import io.aerodb.storage.metadata.SchemaMigration;
import io.aerodb.storage.metadata.SchemaVersion;
import io.aerodb.storage.metadata.ScrubRepository;
import io.r2dbc.pool.ConnectionPool;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** The database, in the order of what depends on what: server, schema, pools, checks of schema and role, repositories. */
@Configuration(proxyBeanMethods = false)
class DatabaseWiring {

    private static final Logger log = LoggerFactory.getLogger(DatabaseWiring.class);
    private static final Duration CHECK_LIMIT = Duration.ofSeconds(60);
    /** A database that starts at the same time, or a cold JVM, may need more than one attempt. */
    private static final Retry PATIENCE = Retry.fixedDelay(20, Duration.ofSeconds(1))
            .filter(failure ->
                    failure instanceof MetadataException unavailable && unavailable.kind() == Kind.UNAVAILABLE)
            .onRetryExhaustedThrow((spec, last) -> last.failure());

    @Bean
    Database database(StorageSettings settings, ObjectProvider<EmbeddedDatabase> embedded) {
        return Database.of(settings.database(), embedded.getIfAvailable());
    }

    @Bean
    ConnectionPools connectionPools(Database database) {
        Credentials migration = database.migration();
        if (migration != null) {
            migrate(database, migration);
        }
        return new ConnectionPools(database.login());
    }

    @Bean(destroyMethod = "") // the pools are closed together
    ConnectionPool requestPool(ConnectionPools pools, StorageSettings settings) {
        return pools.pool("requests", settings.database().poolSize());
    }

    @Bean(destroyMethod = "") // the pools are closed together
    ConnectionPool jobPool(ConnectionPools pools, StorageSettings settings) {
        return pools.pool("jobs", settings.database().jobPoolSize());
    }

    /** Who is told of events waits for these connections, all of them at once when many are told. */
    @Bean(destroyMethod = "") // the pools are closed together
    ConnectionPool eventPool(ConnectionPools pools, StorageSettings settings) {
        EventSettings events = settings.events();
        int waiting = Math.max(settings.database().maxPendingAcquires(), 2 * events.maxSubscribers());
        return pools.pool("events", events.poolSize(), waiting);
    }

    @Bean
    EventLog eventLog(ConnectionPool eventPool, Database database) {
        return new EventLog(new MetadataExecutor(eventPool, database.login().answerTimeout()));
    }

    @Bean
    ChangeSignal changeSignal() {
        return new ChangeSignal();
    }

    @Bean
    MetadataExecutor requestExecutor(
            ConnectionPool requestPool, Database database, OperationObserver observer, ChangeSignal changes) {
        MetadataExecutor executor =
                new MetadataExecutor(requestPool, database.login().answerTimeout(), observer, changes);
        objection(executor).ifPresent(sentence -> {
            throw new StartRefused(sentence);
        });
        return executor;
    }

    private static Optional<String> objection(MetadataExecutor executor) {
        try {
            return new SchemaCheck(executor)
                    .version()
                    .flatMap(schema -> Mono.justOrEmpty(objection(schema)))
                    .switchIfEmpty(new LoginRoleCheck(executor).objection())
                    .retryWhen(PATIENCE)
                    .blockOptional(CHECK_LIMIT);
        } catch (MetadataException | IllegalStateException unreachable) {
            throw new StartRefused(
                    "The database of storage.database can't be used: %s.".formatted(reason(unreachable)), unreachable);
        }
    }

    /** With what is behind it, say a certificate that is not trusted. */
    private static String reason(Exception failure) {
        String cause = NestedExceptionUtils.getMostSpecificCause(failure).getMessage();
        String message = String.valueOf(failure.getMessage());
        return cause == null || message.contains(cause) ? message : message + ": " + cause;
    }

    private static Optional<String> objection(SchemaVersion schema) {
        int own = OwnSchema.lastMigration();
        Optional<String> objection = schema.objection(own);
        if (objection.isEmpty() && schema.migration() > own) {
            log.info("event=schema_is_newer migration={} own={}", schema.migration(), own);
        }
        return objection;
    }

    /** Of the jobs, and of requests for service_role, which are few. */
    @Bean
    MetadataExecutor jobExecutor(
            ConnectionPool jobPool, Database database, OperationObserver observer, ChangeSignal changes) {
        return new MetadataExecutor(jobPool, database.login().answerTimeout(), observer, changes);
    }

    @Bean
    BucketRepository bucketRepository(MetadataExecutor requestExecutor, StorageSettings settings) {
        BucketRepository buckets = new BucketRepository(requestExecutor);
        buckets.permitCreation(settings.buckets().creation()).block(CHECK_LIMIT);
        return buckets;
    }

    @Bean
    ObjectRepository objectRepository(MetadataExecutor requestExecutor, Instance instance, StorageSettings settings) {
        return new ObjectRepository(requestExecutor, instance.id(), settings.refusesDamage());
    }

    @Bean
    ObjectListing objectListing(MetadataExecutor requestExecutor) {
        return new ObjectListing(requestExecutor);
    }

    @Bean
    ObjectChanges objectChanges(MetadataExecutor requestExecutor) {
        return new ObjectChanges(requestExecutor);
    }

    @Bean
    LinkRepository linkRepository(MetadataExecutor requestExecutor, Instance instance, StorageSettings settings) {
        return new LinkRepository(requestExecutor, instance.id(), settings.refusesDamage());
    }

    @Bean
    ObjectRights objectRights(MetadataExecutor requestExecutor, Instance instance) {
        return new ObjectRights(requestExecutor, instance.id());
    }

    @Bean
    Installation installation(BlobLedger ledger) {
        return new Installation(Objects.requireNonNull(ledger.installation().block(CHECK_LIMIT)));
    }

    @Bean
    BlobLedger blobLedger(MetadataExecutor jobExecutor) {
        return new BlobLedger(jobExecutor);
    }

    @Bean
    MigrationRepository migrationRepository(MetadataExecutor jobExecutor, Instance instance, StorageSettings settings) {
        return new MigrationRepository(
                jobExecutor, instance.id(), settings.migrations().maxUploadWait());
    }

    @Bean
    GarbageRepository garbageRepository(MetadataExecutor jobExecutor, Instance instance, StorageSettings settings) {
        CleanupSettings cleanup = settings.cleanup();
        GarbageRepository garbage = new GarbageRepository(jobExecutor, instance.id(), cleanup.deadAfter());
        garbage.keep(cleanup.graceFailed(), cleanup.graceDeleted()).block(CHECK_LIMIT);
        return garbage;
    }

    @Bean
    FenceRepository fenceRepository(MetadataExecutor jobExecutor, Instance instance, StorageSettings settings) {
        return new FenceRepository(
                jobExecutor, instance.id(), settings.cleanup().deadAfter());
    }

    @Bean
    OrphanRepository orphanRepository(MetadataExecutor jobExecutor, Instance instance, StorageSettings settings) {
        return new OrphanRepository(
                jobExecutor, instance.id(), settings.cleanup().deadAfter());
    }

    @Bean
    ScrubRepository scrubRepository(MetadataExecutor jobExecutor, Instance instance, StorageSettings settings) {
        return new ScrubRepository(
                jobExecutor, instance.id(), settings.cleanup().deadAfter());
    }

    /** @return what the database has then, which may not be for this gateway */
    static SchemaVersion migrate(Database database, Credentials migration) {
        try {
            return new SchemaMigration(database.jdbcUrl(), migration.username(), migration.password())
                    .run(database.login().username(), database.login().password());
        } catch (RuntimeException failure) {
            String reason =
                    String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
            throw new StartRefused(
                    "The schema of the database can't be brought up to date: %s.".formatted(reason), failure);
        }
    }
}
