package io.aerodb.storage.gateway.openapi;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Set;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.objenesis.SpringObjenesis;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.reactive.function.server.RouterFunction;

/**
 * The routes of all {@code @Bean} methods of the gateway. The methods are given shells of what they ask for, which is enough
 * as long as nobody sends a request.
 */
final class Routes {

    private Routes() {}

    /** Like {@code GET /bucket/{bucket}}: methods, and patterns as OpenAPI writes them. */
    static Set<String> all() {
        return collected().found();
    }

    /** Those that have no name for logs. */
    static Set<String> withoutOperation() {
        return collected().withoutOperation();
    }

    private static RouteCollector collected() {
        RouteCollector routes = new RouteCollector();
        var scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(Configuration.class));
        for (BeanDefinition found : scanner.findCandidateComponents("io.aerodb.storage")) {
            collect(ClassUtils.resolveClassName(String.valueOf(found.getBeanClassName()), null), routes);
        }
        return routes;
    }

    private static void collect(Class<?> configuration, RouteCollector routes) {
        Arrays.stream(configuration.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Bean.class))
                .filter(method -> RouterFunction.class.isAssignableFrom(method.getReturnType()))
                .forEach(method -> made(configuration, method).accept(routes));
    }

    private static RouterFunction<?> made(Class<?> configuration, Method method) {
        Object[] shells =
                Arrays.stream(method.getParameterTypes()).map(Routes::shell).toArray();
        ReflectionUtils.makeAccessible(method);
        return (RouterFunction<?>)
                ReflectionUtils.invokeMethod(method, BeanUtils.instantiateClass(configuration), shells);
    }

    private static Object shell(Class<?> type) {
        return type.isInterface()
                ? Proxy.newProxyInstance(
                        type.getClassLoader(), new Class<?>[] {type}, (shell, method, arguments) -> null)
                : new SpringObjenesis().newInstance(type);
    }
}
