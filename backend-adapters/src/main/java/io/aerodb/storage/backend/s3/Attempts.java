package io.aerodb.storage.backend.s3;

import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** How often one call was sent, for calls that leave something behind each time. */
final class Attempts {

    private static final ExecutionAttribute<AtomicInteger> SENT = new ExecutionAttribute<>("aerodb-sent");

    private final AtomicInteger sent = new AtomicInteger();

    /** The client's part of it. */
    static ExecutionInterceptor interceptor() {
        return new ExecutionInterceptor() {
            @Override
            public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
                attributes.getOptionalAttribute(SENT).ifPresent(AtomicInteger::incrementAndGet);
            }
        };
    }

    /** Counts the call of this request. */
    void of(AwsRequestOverrideConfiguration.Builder request) {
        request.putExecutionAttribute(SENT, sent);
    }

    /** Whether it was sent more than once. */
    boolean repeated() {
        return sent.get() > 1;
    }
}
