package io.aerodb.storage.gateway.embedded;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/** In development, when no database was named. Asked before any class of the embedded server is loaded. */
final class EmbeddedDatabaseCondition implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Environment environment = context.getEnvironment();
        return DevelopmentCondition.holdsIn(environment)
                && !StringUtils.hasText(environment.getProperty("storage.database.host"));
    }
}
