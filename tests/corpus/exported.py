#!/usr/bin/env python
# coding: utf-8

# # 第9章

# In[1]:


import collections
import torch
from torch import nn


# ## 80. ID番号への変換

# In[2]:


get_ipython().system('pip install x')
<<vocab>>


# ## 86. CNN

# In[ ]:


<<cnn>>
