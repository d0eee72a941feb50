package io.aerodb.storage.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;

/**
 * Nobody blocks a thread or subscribes on his own, except where a thread is there to be blocked: at start, at stop, and in
 * jobs. Each exception is named with its reason; one that is not needed any more has to go.
 */
class ReactiveTest {

    private static final Set<String> WAITING =
            Set.of("block", "blockOptional", "blockFirst", "blockLast", "toIterable", "toStream");

    private static final Map<String, String> MAY_BLOCK = Map.of(
            "gateway.cleanup.FenceKeeper",
                    "start and stop: the volumes get a token before the first request and after the last, for 10 s at most",
            "gateway.cleanup.InstanceLease",
                    "start and stop: the lease is held before the first request, for 10 s at most",
            "gateway.wiring.BackendWiring", "start: the volume is compared with the database's, for 30 s at most",
            "gateway.wiring.DatabaseWiring",
                    "start: the login role is checked before anything uses it, for 60 s at most",
            "metadata.ConnectionPools", "stop: its threads end after the last connection, in 5 s at most");

    private static final Map<String, String> MAY_SUBSCRIBE = Map.ofEntries(
            Map.entry("gateway.auth.KeyRefresh", "a job: fetches published keys, disposed at stop"),
            Map.entry("gateway.cleanup.InstanceLease", "a job: the heartbeat, disposed at stop"),
            Map.entry("gateway.cleanup.VolumeFence", "a token's write ends by itself, also when nobody waits for it"),
            Map.entry("gateway.event.EventRelay", "a job: reads the log for all subscribers, disposed at stop"),
            Map.entry("gateway.jobs.JobRunner", "a job, whose stop waits without a thread"),
            Map.entry("gateway.object.UploadDrain", "stop: waits without a thread and then calls back"),
            Map.entry("gateway.object.Uploads", "an upload ends by itself, also when its client has left"),
            Map.entry("metadata.MetadataExecutor", "a statement ends by itself, and its connection goes back clean"),
            Map.entry(
                    "backend.work.WriteSubscription",
                    "an operator: subscribes its content on behalf of its own subscriber"),
            Map.entry("backend.s3.Part", "a publisher: lets whoever sends it subscribe to its bytes"),
            Map.entry(
                    "backend.s3.BodyRelay",
                    "takes a body that nobody wants and drops it, or its connection would be lost"));

    private static final Map<String, String> MAY_SLEEP_OR_JOIN = Map.of(
            "gateway.embedded.Leftovers", "start: a killed gateway's server needs a moment to end",
            "backend.work.ForkedTask",
                    "a blob thread: until another has hashed what this one has written meanwhile; never for a thread to be free",
            "backend.s3.S3Volume",
                    "start: the bucket is looked at and each permission tried, 60 s for each call at most",
            "gateway.observability.LogQueue",
                    "the thread that writes the log; stop: what waits is written, for 5 s at most",
            "gateway.embedded.Command", "start: small programs of the system, each with a time limit",
            "gateway.embedded.ServerProcess", "start and stop of the PostgreSQL child process, on its own thread");

    @Test
    void nobodyBlocksOnAPublisher() {
        assertThat(accessing(ReactiveTest::waitsForAPublisher)).isEqualTo(sorted(MAY_BLOCK));
    }

    @Test
    void nobodySubscribes() {
        assertThat(accessing(ReactiveTest::subscribes)).isEqualTo(sorted(MAY_SUBSCRIBE));
    }

    @Test
    void nobodySleepsOrJoins() {
        assertThat(accessing(ReactiveTest::sleepsOrJoins)).isEqualTo(sorted(MAY_SLEEP_OR_JOIN));
    }

    private static boolean waitsForAPublisher(AccessTarget target) {
        return WAITING.contains(target.getName()) && target.getOwner().isAssignableTo(Publisher.class);
    }

    private static boolean subscribes(AccessTarget target) {
        return Set.of("subscribe", "toFuture").contains(target.getName())
                && target.getOwner().isAssignableTo(Publisher.class);
    }

    private static boolean sleepsOrJoins(AccessTarget target) {
        JavaClass owner = target.getOwner();
        return switch (target.getName()) {
            case "sleep" ->
                owner.isEquivalentTo(Thread.class) || owner.getSimpleName().equals("TimeUnit");
            case "get", "join" -> owner.isAssignableTo(Future.class) || owner.isEquivalentTo(Thread.class);
            case "await" -> owner.isEquivalentTo(CountDownLatch.class);
            case "waitFor" -> owner.isEquivalentTo(Process.class);
            default -> false;
        };
    }

    private static Set<String> accessing(Predicate<AccessTarget> forbidden) {
        return Product.CLASSES.stream()
                .filter(origin -> origin.getAccessesFromSelf().stream()
                        .map(JavaAccess::getTarget)
                        .anyMatch(forbidden))
                .map(ReactiveTest::topLevelName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String topLevelName(JavaClass origin) {
        return origin.getName().substring(Product.ROOT.length() + 1).replaceFirst("\\$.*", "");
    }

    private static Set<String> sorted(Map<String, String> exceptions) {
        return new TreeSet<>(exceptions.keySet());
    }
}
