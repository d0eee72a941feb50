package io.aerodb.storage.gateway.event;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.aerodb.storage.metadata.EventLog;
import io.aerodb.storage.metadata.RlsContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** Asks the database who may see what, once for all subscribers with the same claims who ask the same at about the same time. */
final class Visibility {

    private static final Duration SHARED = Duration.ofSeconds(1);

    private final EventLog log;
    private final Cache<Question, Mono<Map<Long, Boolean>>> answers;

    private record Question(RlsContext caller, List<Long> sequences) {}

    /** @param most answers that are remembered, for a second */
    Visibility(EventLog log, int most) {
        this.log = log;
        this.answers = Caffeine.newBuilder()
                .maximumSize(most)
                .expireAfterWrite(SHARED)
                .executor(Runnable::run)
                .build();
    }

    /** As {@link EventLog#visible}. */
    Mono<Map<Long, Boolean>> of(RlsContext caller, List<Long> sequences) {
        return answers.get(new Question(caller, sequences), this::asked);
    }

    private Mono<Map<Long, Boolean>> asked(Question question) {
        return log.visible(question.caller(), question.sequences())
                .doOnError(failure -> answers.invalidate(question))
                .cache();
    }
}
