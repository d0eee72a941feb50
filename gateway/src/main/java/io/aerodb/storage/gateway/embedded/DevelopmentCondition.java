package io.aerodb.storage.gateway.embedded;

import java.util.stream.Stream;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Whether the conveniences of this package are allowed: {@code storage.mode} is development, which is the default. */
final class DevelopmentCondition implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        return holdsIn(context.getEnvironment());
    }

    /** Whether they are, and none of these keys below a prefix is set. */
    static boolean holdsWithout(Environment environment, String prefix, String... keys) {
        return holdsIn(environment) && Stream.of(keys).noneMatch(key -> environment.containsProperty(prefix + key));
    }

    /** Asked before the settings are bound. */
    static boolean holdsIn(Environment environment) {
        return environment.getProperty("storage.mode", "development").equalsIgnoreCase("development");
    }
}
