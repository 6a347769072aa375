"""Dueling deep Q-network for Atari (Wang et al. 2016): value and advantage from one convolutional trunk."""
import random
from collections import deque

import numpy as np
from tensorflow.keras.layers import Conv2D, Dense, Flatten, Input, Lambda, Add
from tensorflow.keras.models import Model, clone_model
from tensorflow.keras import backend as K

STATE_SIZE = (84, 84, 4)
ACTIONS = 3


class DuelingDQNAgent:
    def __init__(self, action_size):
        self.render = False
        self.state_size = STATE_SIZE
        self.action_size = action_size
        self.epsilon = 1.
        self.epsilon_start, self.epsilon_end = 1.0, 0.1
        self.exploration_steps = 1000000.
        self.epsilon_decay_step = (self.epsilon_start - self.epsilon_end) / self.exploration_steps
        self.memory = deque(maxlen=400000)

    def build_model(self):
        input = Input(shape=self.state_size)
        shared = Conv2D(32, (8, 8), strides=(4, 4), activation='relu')(input)
        shared = Conv2D(64, (4, 4), strides=(2, 2), activation='relu')(shared)
        shared = Conv2D(64, (3, 3), strides=(1, 1), activation='relu')(shared)
        flatten = Flatten()(shared)

        # network separate state value and advantages
        advantage_fc = Dense(512, activation='relu')(flatten)
        advantage = Dense(self.action_size)(advantage_fc)
        advantage = Lambda(lambda a: a[:, :] - K.mean(a[:, :], axis=1, keepdims=True),
                           output_shape=(self.action_size,))(advantage)

        value_fc = Dense(512, activation='relu')(flatten)
        value = Dense(1)(value_fc)
        value = Lambda(lambda s: K.expand_dims(s[:, 0], -1), output_shape=(1,))(value)

        q_value = Add()([value, advantage])
        model = Model(inputs=input, outputs=q_value)
        model.summary()
        return model

    def get_action(self, history):
        if np.random.rand() <= self.epsilon:
            return random.randrange(self.action_size)
        return np.argmax(self.model.predict(history / 255.)[0])


model = DuelingDQNAgent(action_size=ACTIONS).build_model()
