package io.aerodb.storage.gateway.embedded;

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

    /** Asked before the settings are bound. */
    static boolean holdsIn(Environment environment) {
        return environment.getProperty("storage.mode", "development").equalsIgnoreCase("development");
    }
}
