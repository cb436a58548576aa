/**
 * What stands here of KEDA's ScaledObject (its CRD, keda.sh/v1alpha1), with the parameters of its scaler for NATS JetStream,
 * which the CRD leaves open: all text. `kubernetes-types` has no foreign kinds.
 */
export const KEDA_TYPES = `
interface ScalingRules {
  stabilizationWindowSeconds?: number;
  selectPolicy?: string;
  policies?: { type: string; value: number; periodSeconds: number }[];
}
interface ScaledObject {
  apiVersion: 'keda.sh/v1alpha1';
  kind: 'ScaledObject';
  metadata: import('kubernetes-types/meta/v1').ObjectMeta;
  spec: {
    scaleTargetRef: { apiVersion?: string; kind?: string; name: string };
    minReplicaCount?: number;
    maxReplicaCount?: number;
    idleReplicaCount?: number;
    pollingInterval?: number;
    cooldownPeriod?: number;
    fallback?: { failureThreshold: number; replicas: number };
    advanced?: {
      restoreToOriginalReplicaCount?: boolean;
      horizontalPodAutoscalerConfig?: {
        name?: string;
        behavior?: { scaleUp?: ScalingRules; scaleDown?: ScalingRules };
      };
    };
    triggers: {
      type: 'nats-jetstream';
      name?: string;
      metadata: {
        natsServerMonitoringEndpoint: string;
        account: string;
        stream: string;
        consumer: string;
        lagThreshold: string;
        activationLagThreshold?: string;
        useHttps?: string;
      };
    }[];
  };
}`;
