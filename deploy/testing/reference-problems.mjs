/** What a pod is made from, of everything that makes pods. */
export const podOf = ({ spec }) => spec?.template;
export const workloads = (objects) => objects.filter((object) => podOf(object) !== undefined);

const matches = (selector, pod) =>
  Object.entries(selector).every(([name, value]) => pod.metadata.labels?.[name] === value);
const selected = (objects, selector) => workloads(objects).filter((object) => matches(selector, podOf(object)));
const portsOf = (object) => podOf(object).spec.containers.flatMap(({ ports = [] }) => ports);
const hasPort = (object, port) =>
  portsOf(object).some(({ name, containerPort }) => name === port || containerPort === port);
const nameOf = ({ kind, metadata }) => `${kind} ${metadata.name}`;

/**
 * What objects name that is not there: config maps, secrets, volumes, pods by their labels, ports.
 *
 * @param {readonly object[]} objects as kustomize renders them
 * @param {readonly string[]} secrets that are made otherwise
 * @returns {string[]} a line for each
 */
export function referenceProblems(objects, secrets) {
  const configMaps = objects.filter(({ kind }) => kind === 'ConfigMap').map(({ metadata }) => metadata.name);
  const services = objects.filter(({ kind }) => kind === 'Service');
  const problems = [];
  const expectThat = (fine, object, words) => {
    if (!fine) problems.push(`${nameOf(object)}: ${words}`);
  };

  for (const object of workloads(objects)) {
    const { containers, volumes = [] } = podOf(object).spec;
    const claims = (object.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name);
    const sources = volumes.flatMap((volume) => volume.projected?.sources ?? [volume]);
    const froms = containers.flatMap(({ envFrom = [], env = [] }) => [
      ...envFrom,
      ...env.map((one) => one.valueFrom ?? {}),
    ]);
    const named = {
      config: [...sources.map((one) => one.configMap), ...froms.map((one) => one.configMapRef ?? one.configMapKeyRef)],
      secret: [...sources.map((one) => one.secret), ...froms.map((one) => one.secretRef ?? one.secretKeyRef)],
    };
    for (const one of named.config.filter(Boolean))
      expectThat(configMaps.includes(one.name), object, `there is no config map ${one.name}`);
    for (const one of named.secret.filter(Boolean).map((secret) => secret.secretName ?? secret.name))
      expectThat(secrets.includes(one), object, `nothing makes the secret ${one}`);
    for (const container of containers) {
      const there = [...volumes.map(({ name }) => name), ...claims];
      for (const { name } of container.volumeMounts ?? [])
        expectThat(there.includes(name), object, `no volume ${name}`);
      for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
        const port = (container[probe]?.httpGet ?? container[probe]?.tcpSocket)?.port;
        if (port !== undefined) expectThat(hasPort(object, port), object, `${probe} asks port ${port}`);
      }
    }
    expectThat(matches(object.spec.selector.matchLabels, podOf(object)), object, 'its selector is not its pods');
    if (object.kind === 'StatefulSet')
      expectThat(services.some(({ metadata, spec }) => metadata.name === object.spec.serviceName && spec.clusterIP === 'None'), object, 'its service is not there'); // prettier-ignore
  }

  for (const service of services) {
    const pods = selected(objects, service.spec.selector);
    expectThat(pods.length === 1, service, `${pods.length} workloads have its labels`);
    for (const { port, targetPort = port } of service.spec.ports)
      for (const pod of pods) expectThat(hasPort(pod, targetPort), service, `${nameOf(pod)} has no port ${targetPort}`);
  }
  for (const budget of objects.filter(({ kind }) => kind === 'PodDisruptionBudget')) {
    const pods = selected(objects, budget.spec.selector.matchLabels);
    expectThat(pods.length === 1, budget, `${pods.length} workloads have its labels`);
  }
  for (const scaled of objects.filter(({ kind }) => kind === 'ScaledObject')) {
    const { scaleTargetRef, triggers } = scaled.spec;
    const target = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === scaleTargetRef.name);
    expectThat(
      target !== undefined && target.spec.replicas === undefined,
      scaled,
      `it cannot scale ${scaleTargetRef.name}`,
    );
    for (const { metadata } of triggers)
      expectThat(isAddress(services, metadata.natsServerMonitoringEndpoint), scaled, `nothing is at ${metadata.natsServerMonitoringEndpoint}`); // prettier-ignore
  }
  for (const policy of objects.filter(({ kind }) => kind === 'NetworkPolicy')) {
    const { podSelector, ingress = [], egress = [] } = policy.spec;
    const own = selected(objects, podSelector.matchLabels ?? {});
    expectThat(own.length > 0, policy, 'no pod has its labels');
    for (const { from = [], ports } of ingress) {
      for (const { podSelector: peer } of from)
        if (peer !== undefined)
          expectThat(selected(objects, peer.matchLabels).length > 0, policy, 'nobody to come from');
      for (const { port } of ports)
        expectThat(
          own.some((pod) => hasPort(pod, port)),
          policy,
          `no port ${port}`,
        );
    }
    for (const { to, ports } of egress) {
      for (const { podSelector: peer } of to) {
        if (peer === undefined) continue;
        const pods = selected(objects, peer.matchLabels);
        for (const { port } of ports)
          expectThat(
            pods.some((pod) => hasPort(pod, port)),
            policy,
            `nobody to go to at ${port}`,
          );
      }
    }
  }
  return problems;
}

/** Whether a service listens at `NAME[.NAMESPACE.svc.cluster.local]:PORT`. */
export function isAddress(services, address) {
  const [host, port] = address.split(':');
  return services.some(
    ({ metadata, spec }) =>
      [metadata.name, `${metadata.name}.${metadata.namespace}.svc.cluster.local`].includes(host) &&
      spec.ports.some((one) => one.port === Number(port)),
  );
}

/**
 * Whether the policies let a pod speak to a port of another: the first's must let it out, and the second's let it in.
 *
 * @param {readonly object[]} objects
 * @param {{ labels?: Record<string, string>, namespace?: string }} from without labels: of another namespace
 * @param {{ labels?: Record<string, string>, namespace?: string }} to
 * @param {number} port
 */
export function mayReach(objects, from, to, port) {
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy').map(({ spec }) => spec);
  const has = (labels, wanted) => Object.entries(wanted ?? {}).every(([name, value]) => labels[name] === value);
  const isPeer = (who, { podSelector, namespaceSelector }) =>
    namespaceSelector === undefined
      ? who.labels !== undefined && has(who.labels, podSelector.matchLabels)
      : has({ 'kubernetes.io/metadata.name': who.namespace }, namespaceSelector.matchLabels);
  const numbers = (labels) =>
    new Map(workloads(objects).filter((one) => has(podOf(one).metadata.labels, labels)).flatMap(portsOf).map(({ name, containerPort }) => [name, containerPort])); // prettier-ignore
  const lets = (direction, self, other, rules, peers) => {
    if (self.labels === undefined) return true;
    const own = policies.filter(
      ({ podSelector, policyTypes }) => policyTypes.includes(direction) && has(self.labels, podSelector.matchLabels),
    );
    if (own.length === 0) return true;
    const names = numbers(to.labels);
    return own.some((policy) =>
      (policy[rules] ?? []).some(
        (rule) =>
          (rule[peers] === undefined || rule[peers].some((peer) => isPeer(other, peer))) &&
          rule.ports.some((one) => (names.get(one.port) ?? one.port) === port),
      ),
    );
  };
  return lets('Egress', from, to, 'egress', 'to') && lets('Ingress', to, from, 'ingress', 'from');
}
