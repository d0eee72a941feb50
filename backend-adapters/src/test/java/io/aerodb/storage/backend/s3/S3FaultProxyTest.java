package io.aerodb.storage.backend.s3;

import static io.aerodb.storage.backend.BackendFixture.KIB;
import static io.aerodb.storage.backend.BackendFixture.MIB;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The proxy does what the tests of faults rely on. */
class S3FaultProxyTest {

    @AutoClose
    private final S3FaultProxy proxy =
            S3FaultProxy.to(S3ProxyServer.shared().endpoint().uri());

    @AutoClose
    private final TestBucket bucket =
            S3ProxyServer.shared().endpoint().via(proxy.uri()).newBucket();

    @Test
    void requestsWithoutAFaultPass() {
        bucket.put("key", bytes(3 * MIB, 1));
        assertThat(bucket.get("key")).isEqualTo(bytes(3 * MIB, 1));
        assertThat(bucket.keys()).containsExactly("key");
        bucket.delete("key");
        assertThat(bucket.keys()).isEmpty();
    }

    @Test
    void faultStrikesAsOftenAsToldAndCallsAreCounted() {
        proxy.times(2, S3Call.PUT, Fault.slowDown());
        bucket.put("key", bytes(KIB, 2));
        assertThat(proxy.count(S3Call.PUT)).isEqualTo(3);
        assertThat(bucket.get("key")).isEqualTo(bytes(KIB, 2));
    }

    @Test
    void requestWhoseAnswerIsLostWasDone() {
        proxy.always(S3Call.PUT, Fault.answerLost());
        assertThatThrownBy(() -> bucket.put("key", bytes(KIB, 3))).isNotNull();
        assertThat(bucket.get("key")).isEqualTo(bytes(KIB, 3));
    }

    @Test
    void requestCutInItsBodyWasNotDone() {
        proxy.always(S3Call.PUT, Fault.requestCut(10 * KIB));
        assertThatThrownBy(() -> bucket.put("key", bytes(MIB, 4))).isNotNull();
        assertThat(bucket.keys()).isEmpty();
    }

    @Test
    void answerCutInItsBodyIsNoAnswer() {
        bucket.put("key", bytes(MIB, 5));
        proxy.always(S3Call.GET, Fault.answerCut(10 * KIB));
        assertThatThrownBy(() -> bucket.get("key")).isNotNull();
        proxy.heal();
        assertThat(bucket.get("key")).isEqualTo(bytes(MIB, 5));
    }
}
